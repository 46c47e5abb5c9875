import { readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';

import axios from 'axios';

import { outputOf } from '../sandbox/engine/index.cjs';
import { startInstance, type Instance } from '../sandbox/engine/instance/index.cjs';
import { nextExecutionId } from '../sandbox/engine/workflow.cjs';
import { credentialsFor } from '../sandbox/kling/connection.cjs';
import { startSandbox, type Sandbox } from '../sandbox/kling/server.cjs';
import { pathOf } from '../test/support/clips/clips.cjs';
import { uploadWorkflow } from './workflows.cjs';

const MB = 1024 * 1024;
const SAMPLE_MS = 5;

/** A real mp4 of 30 s that a box of free space, which players skip, makes as large as wished. */
function* mp4Of(bytes: number): Generator<Buffer> {
	const clip = readFileSync(pathOf('mp4-30.0.mp4'));
	const free = Buffer.alloc(8);
	free.writeUInt32BE(bytes - clip.length);
	free.write('free', 4, 'latin1');
	yield clip;
	yield free;
	for (let left = bytes - clip.length - free.length; left > 0; left -= MB) {
		yield Buffer.alloc(Math.min(left, MB));
	}
}

/** Form upload → voice with a file of this size, and the most memory that the process had meanwhile. */
async function uploadRun(instance: Instance, sandbox: Sandbox, bytes: number) {
	sandbox.reset();
	const executionId = nextExecutionId();
	const data = await instance.storeFile(executionId, {
		name: 'interview.mp4',
		mimeType: 'video/mp4',
		content: Readable.from(mp4Of(bytes)),
		temp: true,
	});
	global.gc?.();
	await sleep(200);
	const before = process.memoryUsage().rss;
	let most = before;
	const sampling = setInterval(() => {
		most = Math.max(most, process.memoryUsage().rss);
	}, SAMPLE_MS);
	const started = performance.now();
	const result = await instance.startWorkflow(uploadWorkflow(), {
		credentials: credentialsFor(sandbox),
		items: { Items: [{ json: {}, binary: { data } }] },
		executionId,
	}).finished;
	const sentAfterMs = (sandbox.requests[0]?.time ?? NaN) - started;
	const [voice] = outputOf(result, 'Kling');
	if (!voice) throw new Error(JSON.stringify(result.data.resultData.error));
	const firstByteMs = await fetched(sandbox.tasks[0]?.voice_url ?? '', bytes);
	clearInterval(sampling);
	await instance.deleteExecution(executionId);
	return { extraMb: (most - before) / MB, sentAfterMs, firstByteMs };
}

/** Fetches the file as Kling would. @returns milliseconds to the first byte */
async function fetched(address: string, bytes: number): Promise<number> {
	const started = performance.now();
	const { data } = await axios.get<Readable>(address, { responseType: 'stream', proxy: false });
	let firstByteMs = NaN;
	let seen = 0;
	for await (const chunk of data as AsyncIterable<Buffer>) {
		if (seen === 0) firstByteMs = performance.now() - started;
		seen += chunk.length;
	}
	if (seen !== bytes) throw new Error(`Kling would have got ${String(seen)} bytes`);
	return firstByteMs;
}

async function main(): Promise<void> {
	const sandbox = await startSandbox({ fetchClips: false, submittedMs: 50, processingMs: 50 });
	const instance = await startInstance();
	// The first run loads the code and grows the heap to its working size.
	for (let warm = 0; warm < 2; warm += 1) await uploadRun(instance, sandbox, MB);
	const small = await uploadRun(instance, sandbox, MB);
	const big = await uploadRun(instance, sandbox, 200 * MB);
	await instance.close();
	await sandbox.close();
	console.log(JSON.stringify({ small, big }));
}

void main();
