import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ICredentialDataDecryptedObject, IDataObject, IRun } from 'n8n-workflow';

import { outputOf, startWorkflow, type WorkflowFile } from './engine/index.cjs';
import { clipOf, credentialsFor } from './kling/connection.cjs';
import { startSandbox, type RecordedRequest, type Sandbox } from './kling/server.cjs';

const WORKFLOW = 'workflows/create-custom-voice.json';
const TRIGGER = 'When clicking ‘Execute workflow’';
/** n8n's own nodes do not run here: this one's items come from us. */
const INPUT = 'Recording';
const OUTPUT = 'Create Custom Voice';

/** Where a waiting run still shows that it lives, in milliseconds. */
const SIGN_OF_LIFE = 2_000;

/** Who makes the voice, and from which clip. */
interface DemoTarget {
	name: string;
	credentials: ICredentialDataDecryptedObject;
	voiceUrl: string;
	/** Only when nobody else is asked. */
	sandbox?: Sandbox;
}

const environment = (name: string) => process.env[name]?.trim() ?? '';

const secretNames = ['KLING_API_KEY', 'KLING_ACCESS_KEY', 'KLING_SECRET_KEY'];

/** The node's messages never carry a key; this holds even for what a gateway may echo. */
function say(text: string): void {
	const secrets = secretNames.map(environment).filter((secret) => secret !== '');
	console.log(secrets.reduce((safe, secret) => safe.replaceAll(secret, '(key)'), text));
}

async function findTarget(): Promise<DemoTarget> {
	const given = ['KLING_BASE_URL', 'KLING_VOICE_URL', ...secretNames].some(
		(name) => environment(name) !== '',
	);
	return given ? gateway() : await ownSandbox();
}

async function ownSandbox(): Promise<DemoTarget> {
	const sandbox = await startSandbox({ submittedMs: 1_000, processingMs: 4_000 });
	return {
		name: `the sandbox at ${sandbox.baseUrl}`,
		credentials: credentialsFor(sandbox),
		voiceUrl: clipOf(sandbox),
		sandbox,
	};
}

function gateway(): DemoTarget {
	const baseUrl = environment('KLING_BASE_URL');
	if (!URL.canParse(baseUrl)) {
		throw new Error(
			'KLING_BASE_URL must be the address of the gateway, e.g. https://www.kkiai.com/kling',
		);
	}
	return {
		name: `the gateway at ${baseUrl}`,
		credentials: { provider: 'custom', baseUrl, ...keysFromEnvironment() },
		voiceUrl: environment('KLING_VOICE_URL') || clipOfSandbox(new URL(baseUrl)),
	};
}

function keysFromEnvironment(): Record<string, string> {
	const [apiKey, accessKey, secretKey] = secretNames.map(environment);
	if (apiKey) return { authentication: 'apiKey', apiKey };
	if (accessKey && secretKey) return { authentication: 'accessKey', accessKey, secretKey };
	throw new Error('Set KLING_API_KEY as well, or both KLING_ACCESS_KEY and KLING_SECRET_KEY');
}

/** A gateway on this machine is taken for `npm run sandbox`, which has a clip; any other needs a public one. */
function clipOfSandbox({ hostname, origin }: URL): string {
	if (hostname === '127.0.0.1' || hostname === 'localhost') {
		return clipOf({ origin });
	}
	throw new Error(
		'Set KLING_VOICE_URL to the public address of a clip: one clean human voice, 5 to 30 seconds, .mp3, .wav, .mp4 or .mov',
	);
}

/** Tells what happens, with the seconds since the start in front. */
function startProgress({ name, sandbox }: DemoTarget) {
	const start = performance.now();
	const tell = (what: string) => {
		say(`${((performance.now() - start) / 1000).toFixed(1).padStart(6)} s  ${what}`);
	};
	const timer = setInterval(() => {
		tell(`waiting for ${name} …`);
	}, SIGN_OF_LIFE);
	if (sandbox) {
		sandbox.onRequest = (request: RecordedRequest) => {
			const task = sandbox.tasks.at(-1)?.task_status ?? 'none';
			tell(`sandbox saw ${request.method} ${request.path} → ${request.status ?? 0}, task ${task}`);
		};
	}
	return {
		tell,
		stop: () => {
			clearInterval(timer);
		},
	};
}

async function run(target: DemoTarget): Promise<IRun> {
	const file = JSON.parse(readFileSync(join(__dirname, '..', WORKFLOW), 'utf8')) as WorkflowFile;
	const started = startWorkflow(file, {
		credentials: target.credentials,
		pinData: {
			[TRIGGER]: [{}],
			[INPUT]: [{ voice_name: 'Narrator A', voice_url: target.voiceUrl }],
		},
		// A new one each time: with the same id the node would rightly find the earlier voice again.
		executionId: String(Date.now()),
	});
	const progress = startProgress(target);
	process.once('SIGINT', () => {
		progress.tell('stopping …');
		started.cancel();
	});
	try {
		return await started.finished;
	} finally {
		progress.stop();
	}
}

function voiceOf(result: IRun): IDataObject {
	const { error } = result.data.resultData;
	if (error) throw new Error([error.message, error.description].filter(Boolean).join('\n'));
	const [voice] = outputOf(result, OUTPUT);
	if (!voice) throw new Error(`The workflow ended without a voice (${result.status})`);
	return voice.json;
}

async function main(): Promise<void> {
	const target = await findTarget();
	try {
		say(`Runs ${WORKFLOW} on n8n-core against ${target.name}`);
		say(`Clip: ${target.voiceUrl}\n`);
		const voice = voiceOf(await run(target));
		say(`\nThe voice is ready:\n${JSON.stringify(voice, undefined, 2)}`);
	} finally {
		await target.sandbox?.close();
	}
}

main().catch((error: unknown) => {
	say(
		`\nThe demo ended without a voice.\n${error instanceof Error ? error.message : String(error)}`,
	);
	process.exitCode = 1;
});
