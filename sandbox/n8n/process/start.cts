import type { LocalServer } from '../../localServer.cjs';
import { clipOf } from '../../kling/connection.cjs';
import { type Sandbox, startSandbox } from '../../kling/server.cjs';
import type { N8nProcess } from './instance.cjs';
import { freePort, isPortInUse } from './ports.cjs';
import { startPublicProxy } from './publicProxy.cjs';
import {
	CREDENTIAL,
	rememberedClip,
	setUp,
	type SandboxExamples,
	type SetUp,
} from '../client/setUp.cjs';
import { takeFolder } from './startFolder.cjs';
import { say } from '../../say.cjs';
import { HELP, readOptions, type StartOptions } from './startOptions.cjs';

/** That of `npm run sandbox`. */
const SANDBOX_PORT = 8787;

const KEY = 'sandbox-key';

/** Of the voices that the sandbox has from the start. */
const OLD_MS = 60 * 24 * 3_600_000;

/** Lines of n8n's log that are shown when it ends unasked. */
const TOLD_LINES = 20;

/** Ctrl-C once: end gracefully; twice: end now. */
class Stop {
	private readonly controller = new AbortController();
	readonly signal = this.controller.signal;
	readonly asked = new Promise<void>((resolve) => {
		this.signal.addEventListener('abort', () => resolve());
	});
	n8n: N8nProcess | undefined;

	constructor() {
		for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => this.ask());
	}

	private ask(): void {
		if (this.signal.aborted) {
			void this.n8n?.kill();
			process.exit(1);
		}
		say('Stopping; Ctrl-C once more stops at once …');
		this.controller.abort();
	}
}

/** On the port of the earlier start, if it is free, so that workflows kept from there still find the clip. */
async function startOwnSandbox(folder: string): Promise<Sandbox> {
	const clip = rememberedClip(folder);
	const wanted = clip === undefined ? SANDBOX_PORT : Number(new URL(clip).port);
	const port = (await isPortInUse(wanted)) ? await freePort() : wanted;
	// It may run for days.
	const sandbox = await startSandbox({
		port,
		// Else the first voice of each start had the same ID, and a Kling Trigger has seen that.
		seed: Date.now(),
		apiKeys: [KEY],
		submittedMs: 1_000,
		processingMs: 3_000,
		recordRequests: 1_000,
	});
	// For the template that cleans up.
	for (const voice_name of ['test-one', 'test-two']) {
		sandbox.createTask({ voice_name, created_at: Date.now() - OLD_MS });
	}
	return sandbox;
}

/** A video of the sandbox's own, for the template that takes its voice. */
function examplesOf(sandbox: Sandbox): SandboxExamples {
	const body = { model_name: 'kling-v2-6', sound: 'on', mode: 'pro', duration: '5' };
	const task = sandbox.createTask({ kind: 'imageToVideo', body });
	sandbox.finish(task.task_id);
	const [video] = task.videos;
	return {
		clip: clipOf(sandbox),
		voiceId: sandbox.presets[0]?.voice_id ?? '',
		...(video && { videoId: video.id }),
	};
}

/** How long the command has taken so far, the installation included. */
function sinceCommand(): string {
	const seconds = performance.now() / 1000;
	if (seconds < 100) return `${seconds.toFixed(1)} s`;
	return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}

function tell(
	{ n8n, login, test, templates, imported, stale }: SetUp,
	options: StartOptions,
	api: string,
) {
	const all = Object.keys(templates).length;
	const target = options.gateway ? api : `the sandbox at ${api} with the key ${KEY}`;
	const first = templates['create-custom-voice.json'];
	console.log(`
The editor is ready, ${sinceCommand()} after the command.

  Editor      ${n8n.address}
  Login       ${login.email}  ${login.password}
  Try first   ${n8n.address}/workflow/${first}
${publicLine(options)}  Credential  ${CREDENTIAL}, for ${target}
  Its test    ${test.status}: ${test.message}
  Templates   ${all} there, ${imported} of them new
  Data        ${options.folder}
  Log         ${n8n.logFile}

Ctrl-C stops it.
`);
	if (options.gateway) {
		say('Put a clip of yours into Recording: the example address is nobody’s.');
		say('File and Callback want an address at which the gateway reaches this n8n: WEBHOOK_URL.');
	}
	if (options.publicPort !== undefined) {
		say(`A tunnel must lead to port ${options.publicPort}, never to ${options.port}, the editor.`);
	}
	if (stale.length > 0) {
		say(`Workflows of earlier starts point to ${stale.join(' and ')}, where nothing is now.`);
		say('Change that in them, or start over with npm start -- --fresh.');
	}
}

function publicLine({
	publicPort,
	publicUrl = 'your tunnel (WEBHOOK_URL is not set)',
}: StartOptions): string {
	if (publicPort === undefined) return '';
	return `  Public      http://localhost:${publicPort}, for ${publicUrl}: webhooks, forms and signed files only\n`;
}

function endedByItself(n8n: N8nProcess): Error {
	const lines = n8n.log().trimEnd().split('\n').slice(-TOLD_LINES);
	return new Error(['n8n ended by itself. The last lines of its log:', ...lines].join('\n'));
}

/** The address at which the outside world reaches n8n, where the user has one. */
function reachable({ publicUrl }: StartOptions): Record<string, string> {
	return publicUrl ? { WEBHOOK_URL: publicUrl, N8N_EDITOR_BASE_URL: publicUrl } : {};
}

async function checkPorts({ port, publicPort }: StartOptions): Promise<void> {
	if (await isPortInUse(port)) {
		throw new Error(
			`Port ${port} is in use. If that is an npm start of yours, open http://localhost:${port}; else choose another --port.`,
		);
	}
	if (publicPort !== undefined && (await isPortInUse(publicPort))) {
		throw new Error(`Port ${publicPort} is in use. Choose another --public-port.`);
	}
}

async function run(options: StartOptions, stop: Stop): Promise<void> {
	const { port, publicPort, folder } = options;
	await checkPorts(options);
	const leave = takeFolder(options);
	let sandbox: Sandbox | undefined;
	let proxy: LocalServer | undefined;
	try {
		sandbox = options.gateway ? undefined : await startOwnSandbox(folder);
		const api = options.gateway ?? { baseUrl: sandbox?.baseUrl ?? '', apiKey: KEY };
		const started = await setUp({
			userFolder: folder,
			api,
			templates: true,
			port,
			say,
			signal: stop.signal,
			env: reachable(options),
			...(sandbox && { examples: examplesOf(sandbox) }),
		});
		stop.n8n = started.n8n;
		if (publicPort !== undefined) proxy = await startPublicProxy(publicPort, port);
		tell(started, options, api.baseUrl);
		await Promise.race([stop.asked, started.n8n.exited]);
		if (!stop.signal.aborted) throw endedByItself(started.n8n);
	} finally {
		await proxy?.close();
		// Also when it ended unasked: its task runners may not have.
		await stop.n8n?.stop();
		await sandbox?.close();
		leave();
	}
}

async function main(): Promise<void> {
	const options = readOptions(process.argv.slice(2));
	if (!options) {
		console.log(HELP);
		return;
	}
	const stop = new Stop();
	try {
		await run(options, stop);
	} catch (error) {
		// What was interrupted may complain in any words.
		if (!stop.signal.aborted) throw error;
	}
	say('Stopped.');
}

main().catch((error: unknown) => {
	console.error(error instanceof Error ? error.message : String(error));
	process.exitCode = 1;
});
