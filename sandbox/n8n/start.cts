import fs from 'node:fs';
import { type Sandbox, startSandbox } from '../server.cjs';
import type { N8nProcess } from './instance.cjs';
import { isTaken } from './ports.cjs';
import { OWNER } from './seed.cjs';
import { clipOf, CREDENTIAL, isMadeHere, rememberedClip, setUp, type SetUp } from './setUp.cjs';
import { HELP, OWN_FOLDER, readOptions, type StartOptions } from './startOptions.cjs';

/** That of `npm run sandbox`. */
const SANDBOX_PORT = 8787;

const KEY = 'sandbox-key';

/** Of the voices that the sandbox has from the start. */
const OLD_MS = 60 * 24 * 3_600_000;

/** Lines of n8n's own that are shown when it ends by itself. */
const TOLD_LINES = 20;

const say = (line: string) => console.log(`> ${line}`);

/** Ctrl-C once: end in peace; twice: end now. */
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
	const port = (await isTaken(wanted)) ? 0 : wanted;
	// Somebody may leave it running for days.
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

function tell(
	seconds: number,
	{ n8n, test, templates, imported, stale }: SetUp,
	options: StartOptions,
	api: string,
) {
	const all = Object.keys(templates).length;
	const target = options.gateway ? api : `the sandbox at ${api}`;
	console.log(`
The editor is ready, ${seconds.toFixed(1)} s after the start.

  Editor      ${n8n.address}
  Login       ${OWNER.email}  ${OWNER.password}
  Credential  ${CREDENTIAL}, for ${target}
  Its test    ${test.status}: ${test.message}
  Templates   ${all} there, ${imported} of them new
  Data        ${options.folder}

Ctrl-C stops it.
`);
	if (stale.length > 0) {
		say(`Workflows of earlier starts point to ${stale.join(' and ')}, where nothing is now.`);
		say('Change that in them, or begin anew with npm start -- --fresh.');
	}
}

function endedByItself(n8n: N8nProcess): Error {
	const lines = n8n.log().trimEnd().split('\n').slice(-TOLD_LINES);
	return new Error(['n8n ended by itself. The last lines of its log:', ...lines].join('\n'));
}

/**
 * Leaves the folder of an earlier start, or none.
 * @throws when something else is in it, as `--folder` can name any
 */
function tidy({ folder, fresh }: StartOptions): void {
	const isKnown = isMadeHere(folder);
	const isOurs = isKnown || folder === OWN_FOLDER;
	if (!isOurs && fs.existsSync(folder) && fs.readdirSync(folder).length > 0) {
		throw new Error(
			`${folder} has something in it that is not of npm start. Choose a folder that is new or empty.`,
		);
	}
	// What is not known may be half of what a start that was interrupted has copied.
	if (fresh || !isKnown) fs.rmSync(folder, { recursive: true, force: true });
}

async function run(options: StartOptions, stop: Stop): Promise<void> {
	const start = performance.now();
	const { port, folder } = options;
	if (await isTaken(port)) {
		throw new Error(
			`Port ${port} is in use. Choose another one: npm start -- --port ${port === 65_535 ? port - 1 : port + 1}`,
		);
	}
	tidy(options);
	const sandbox = options.gateway ? undefined : await startOwnSandbox(folder);
	const api = options.gateway ?? { baseUrl: sandbox?.baseUrl ?? '', apiKey: KEY };
	try {
		const started = await setUp({
			userFolder: folder,
			api,
			templates: true,
			port,
			say,
			signal: stop.signal,
			...(sandbox ? { clip: clipOf(sandbox) } : {}),
		});
		stop.n8n = started.n8n;
		tell((performance.now() - start) / 1000, started, options, api.baseUrl);
		await Promise.race([stop.asked, started.n8n.exited]);
		if (!stop.signal.aborted) throw endedByItself(started.n8n);
	} finally {
		// Also when it ended by itself: its task runners may not have.
		await stop.n8n?.stop();
		await sandbox?.close();
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
