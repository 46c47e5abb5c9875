import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';

import type { IRun } from 'n8n-workflow';

import { outputOf } from '../sandbox/engine/index.cjs';
import { startInstance, type Instance } from '../sandbox/engine/instance/index.cjs';
import { nextExecutionId } from '../sandbox/engine/workflow.cjs';
import { clipOf, credentialsFor } from '../sandbox/kling/connection.cjs';
import { startSandbox, type Sandbox } from '../sandbox/kling/server.cjs';
import { pathOf } from '../test/support/clips/clips.cjs';
import { fetched, MB, memoryDuring, mp4Of } from './memory.cjs';
import { downloadWorkflow, itemsFor, lipSyncWorkflow } from './workflows.cjs';

const HOST = readFileSync(join(__dirname, '../sandbox/kling/media/files/video-5s.mp4'));
const SMALL = readFileSync(pathOf('mp4-30.0.mp4'));

/** The same picture, by its header of 61 s. */
function longOf(video: Buffer): Buffer {
	const long = Buffer.from(video);
	const mvhd = long.indexOf('mvhd') + 4;
	long.writeUInt32BE(61 * long.readUInt32BE(mvhd + 12), mvhd + 16);
	return long;
}

const said = (run: IRun): string => run.data.resultData.error?.message ?? '';

/** A video of so many bytes, which comes as a file of the item. */
async function download(instance: Instance, sandbox: Sandbox, bytes: number): Promise<number> {
	sandbox.reset();
	sandbox.options.media = { kind: 'huge', bytes, withLength: true };
	const executionId = nextExecutionId();
	const { extraMb } = await memoryDuring(async () => {
		const run = await instance.startWorkflow(downloadWorkflow(), {
			credentials: credentialsFor(sandbox),
			pinData: { Items: itemsFor(sandbox, 1) },
			executionId,
		}).finished;
		const data = outputOf(run, 'Kling')[0]?.binary?.data;
		if (data?.bytes !== bytes) throw new Error(`${said(run)} ${JSON.stringify(data ?? null)}`);
	});
	await instance.deleteExecution(executionId);
	return extraMb;
}

/** A video of so many bytes as the source of a lip-sync. @returns what was said, empty where it was taken */
async function lipSync(instance: Instance, sandbox: Sandbox, bytes: number, video: Buffer) {
	sandbox.reset();
	const executionId = nextExecutionId();
	const data = await instance.storeFile(executionId, {
		name: 'host.mp4',
		mimeType: 'video/mp4',
		content: Readable.from(mp4Of(bytes, video)),
		temp: true,
	});
	const { extraMb, result } = await memoryDuring(async () => {
		const run = await instance.startWorkflow(lipSyncWorkflow(clipOf(sandbox)), {
			credentials: credentialsFor(sandbox),
			items: { Items: [{ json: {}, binary: { data } }] },
			executionId,
		}).finished;
		const faces = sandbox.requests.find(({ path }) => path.endsWith('identify-face'));
		const { video_url: address } = (faces?.body ?? {}) as { video_url?: string };
		if (address !== undefined) await fetched(address, bytes);
		return said(run);
	});
	await instance.deleteExecution(executionId);
	return { extraMb, said: result, sent: sandbox.requests.length };
}

async function main(): Promise<void> {
	const sandbox = await startSandbox({ fetchClips: false, submittedMs: 300, processingMs: 50 });
	const instance = await startInstance();
	// The first run loads the code and grows the heap to its working size.
	for (let warm = 0; warm < 2; warm += 1) {
		await download(instance, sandbox, MB);
		await lipSync(instance, sandbox, MB, HOST);
	}
	const downloadMb = await download(instance, sandbox, 300 * MB);
	const source = await lipSync(instance, sandbox, 100 * MB, HOST);
	const refused = [
		await lipSync(instance, sandbox, 101 * MB, HOST),
		await lipSync(instance, sandbox, 100 * MB, longOf(HOST)),
		await lipSync(instance, sandbox, 100 * MB, SMALL),
	];
	await instance.close();
	await sandbox.close();
	console.log(JSON.stringify({ downloadMb, source, refused }));
}

void main();
