import { createWriteStream, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { INodeExecutionData, IRun } from 'n8n-workflow';

import { plainText } from '../nodes/Kling/api/foreign';
import { findTarget, say, type DemoTarget } from './demoTarget.cjs';
import { outputOf, type WorkflowFile } from './engine/index.cjs';
import { startInstance, type Instance } from './engine/instance/index.cjs';
import type { RecordedRequest } from './kling/server.cjs';

const WORKFLOW = 'workflows/create-talking-video.json';
const TRIGGER = 'When clicking ‘Execute workflow’';
/** n8n's own nodes do not run here: this one's items come from us. */
const INPUT = 'Host';
const VOICE = 'Create Custom Voice';
const VIDEO = 'Image to Video';

/** Where a waiting run still shows that it lives, in milliseconds. */
const SIGN_OF_LIFE = 2_000;

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

/**
 * The first look at a video comes after half a minute, as Kling's take longer. The sandbox is faster and can call this
 * machine back, so there the execution pauses instead.
 */
function workflowFor({ sandbox }: DemoTarget): WorkflowFile {
	const file = JSON.parse(readFileSync(join(__dirname, '..', WORKFLOW), 'utf8')) as WorkflowFile;
	const video = file.nodes.find(({ name }) => name === VIDEO);
	if (sandbox && video) video.parameters.waitFor = 'callback';
	return file;
}

async function run(instance: Instance, target: DemoTarget): Promise<IRun> {
	const { voiceUrl: voice_url, imageUrl: image_url } = target;
	const line = 'Good evening, and welcome.';
	const started = instance.startWorkflow(workflowFor(target), {
		credentials: target.credentials,
		pinData: {
			[TRIGGER]: [{}],
			[INPUT]: [{ voice_name: 'Narrator A', voice_url, image_url, line }],
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

const shown = (item: INodeExecutionData) => JSON.stringify(item.json, undefined, 2);

/** The only item of a node, when the run has come that far. */
function tellOf(run: IRun, node: string, what: string): INodeExecutionData | undefined {
	const [item] = outputOf(run, node);
	if (item && item.json.error === undefined) say(`\nThe ${what} is ready:\n${shown(item)}`);
	return item;
}

/** @returns where the video lies now */
async function saveVideo(
	instance: Instance,
	{ json, binary }: INodeExecutionData,
): Promise<string> {
	const file = binary?.data;
	if (!file) throw new Error(`The video was not saved. ${plainText(json.hint)}`);
	const path = join(tmpdir(), `kling-demo-${plainText(json.video_id)}.mp4`);
	await pipeline(await instance.openFile(file), createWriteStream(path));
	return path;
}

async function showResults(instance: Instance, result: IRun): Promise<void> {
	tellOf(result, VOICE, 'voice');
	const { error } = result.data.resultData;
	if (error) throw new Error([error.message, error.description].filter(Boolean).join('\n'));
	const video = tellOf(result, VIDEO, 'video');
	if (video?.json.video_id === undefined) {
		const { error: reason = result.status } = video?.json ?? {};
		throw new Error(`There is no video: ${plainText(reason) || JSON.stringify(reason)}`);
	}
	say(`\nThe file of the video: ${await saveVideo(instance, video)}`);
}

async function main(): Promise<void> {
	const target = await findTarget();
	const instance = await startInstance();
	try {
		say(`Runs ${WORKFLOW} on n8n-core against ${target.name}`);
		say(`Clip: ${target.voiceUrl}\nImage: ${target.imageUrl}\n`);
		await showResults(instance, await run(instance, target));
	} finally {
		await instance.close();
		await target.sandbox?.close();
	}
}

main().catch((error: unknown) => {
	say(
		`\nThe demo ended without a video.\n${error instanceof Error ? error.message : String(error)}`,
	);
	process.exitCode = 1;
});
