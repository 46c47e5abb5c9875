import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { clipOf } from '../../sandbox/kling/connection.cjs';
import { type Ready, startReady } from '../../sandbox/n8n/process/ready.cjs';
import { type ShownExecution, endedExecutions, onlyExecution } from '../support/e2e/executions.cjs';
import { activate, callWebhook } from '../support/e2e/activate.cjs';
import { type SmallDisk, makeSmallDisk } from '../support/e2e/smallDisk.cjs';
import { klingNode, webhookNode } from '../support/workflows.cjs';

const CLIP = readFileSync(join(__dirname, '../../sandbox/kling/clips/narrator.wav'));
const NO_ROOM = 'ENOSPC: no space left on device, write';

const disk = makeSmallDisk(1);

if ('refused' in disk) {
	test(`the disk for files is full: not tried, as nothing can be mounted here (${disk.refused})`, () => {
		expect(disk.refused).not.toBe('');
	});
} else {
	describe('A full disk for files', () => testsOn(disk));
}

function testsOn(disk: SmallDisk) {
	let ready: Ready;

	beforeAll(async () => {
		const env = { N8N_BINARY_DATA_STORAGE_PATH: disk.folder };
		ready = await startReady({ sandbox: { processingMs: 500 }, env });
	}, 300_000);

	afterAll(async () => {
		await ready.close();
		disk.remove();
	});

	const voiceOf = async (path: string, source: object) => {
		const voice = { voiceName: '={{ $json.body.name }}', ...source };
		return await activate(ready, path, [webhookNode(path), klingNode(voice)]);
	};

	const sent = async (path: string) => {
		const form = new FormData();
		form.append('data', new Blob([new Uint8Array(CLIP)], { type: 'audio/wav' }), 'clip.wav');
		form.append('name', path);
		return await callWebhook(ready.n8n.address, path, form);
	};

	describe('without room for the copy of a clip that Kling is to fetch', () => {
		let seen: ShownExecution;

		beforeAll(async () => {
			const workflow = await voiceOf('copy', { voiceSource: 'binary' });
			disk.fill(CLIP.length * 1.5);
			await sent('copy');
			seen = await onlyExecution(ready, workflow);
		}, 60_000);

		afterAll(() => disk.empty());

		test('gives an error that names item, file and reason, and creates nothing', () => {
			expect(seen.status).toBe('error');
			expect(seen.message).toMatch(/"clip.wav".*\[item 0\]$/);
			expect(seen.message).toContain(NO_ROOM);
			expect(seen.description).toContain('Nothing was sent to Kling');
			expect(ready.sandbox.tasks).toEqual([]);
		});

		test('gives an error that says where to make room', () => {
			expect(seen.message).not.toContain('could not be read');
			expect(seen.description).toMatch(/disk|N8N_BINARY_DATA_STORAGE_PATH/);
		});
	});

	test('gives the voice, with a hint, when there is no room for its sample', async () => {
		const workflow = await voiceOf('sample', {
			voiceUrl: clipOf(ready.sandbox),
			options: { downloadSample: true },
		});
		disk.fill();
		await callWebhook(ready.n8n.address, 'sample', { name: 'sample' });
		const { status, items } = await onlyExecution(ready, workflow);
		disk.empty();
		expect({ status, items }).toMatchObject({
			status: 'success',
			items: [{ task_status: 'succeed', hint: `The sample was not downloaded: ${NO_ROOM}.` }],
		});
	}, 60_000);

	test('answers the sender with 500, and never runs the Kling node, when n8n cannot store the file', async () => {
		const workflow = await voiceOf('taken-in', { voiceSource: 'binary' });
		await callWebhook(ready.n8n.address, 'taken-in', { name: 'without a file' });
		await onlyExecution(ready, workflow);
		disk.fill();
		expect(await sent('taken-in')).toBe(500);
		disk.empty();
		// The sender has the answer before n8n has stored the execution.
		const [latest] = await endedExecutions(ready, workflow, 2);
		expect(latest?.status).toBe('error');
		const { data } = await ready.rest.execution(latest?.id ?? '');
		expect(Object.keys(data.resultData.runData)).toEqual(['Webhook']);
	}, 60_000);
}
