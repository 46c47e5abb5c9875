import { readFileSync } from 'node:fs';
import { Readable } from 'node:stream';

import { outputOf } from '../sandbox/engine/index.cjs';
import { startInstance, type Instance } from '../sandbox/engine/instance/index.cjs';
import { nextExecutionId } from '../sandbox/engine/workflow.cjs';
import { credentialsFor } from '../sandbox/kling/connection.cjs';
import { startSandbox, type Sandbox } from '../sandbox/kling/server.cjs';
import { pathOf } from '../test/support/clips/clips.cjs';
import { fetched, MB, memoryDuring, mp4Of } from './memory.cjs';
import { uploadWorkflow } from './workflows.cjs';

const CLIP = readFileSync(pathOf('mp4-30.0.mp4'));

/** Form upload → voice with a file of this size, and the most memory that the process had meanwhile. */
async function uploadRun(instance: Instance, sandbox: Sandbox, bytes: number) {
	sandbox.reset();
	const executionId = nextExecutionId();
	const data = await instance.storeFile(executionId, {
		name: 'interview.mp4',
		mimeType: 'video/mp4',
		content: Readable.from(mp4Of(bytes, CLIP)),
		temp: true,
	});
	const { result, extraMb } = await memoryDuring(async () => {
		const started = performance.now();
		const run = await instance.startWorkflow(uploadWorkflow(), {
			credentials: credentialsFor(sandbox),
			items: { Items: [{ json: {}, binary: { data } }] },
			executionId,
		}).finished;
		if (outputOf(run, 'Kling').length === 0)
			throw run.data.resultData.error ?? new Error('No item');
		const sentAfterMs = (sandbox.requests[0]?.time ?? NaN) - started;
		return { sentAfterMs, firstByteMs: await fetched(sandbox.tasks[0]?.voice_url ?? '', bytes) };
	});
	await instance.deleteExecution(executionId);
	return { extraMb, ...result };
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
