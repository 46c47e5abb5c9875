import type { IExecuteFunctions } from 'n8n-workflow';

import { readFileInputs, type FileInput } from '../../nodes/Kling/operation/givenFiles';
import { resultRow } from '../../nodes/Kling/operation/result';
import { IMAGE_TO_VIDEO } from '../../nodes/Kling/tasks/kinds';
import { readTask } from '../../nodes/Kling/tasks/task';
import { clientOf, streamOf } from '../support/contexts.cjs';

const CONTENT = Buffer.from('a picture');

const INPUT: FileInput = {
	name: 'image',
	label: 'Image Field',
	key: 'image',
	mostBytes: 1000,
	takesBase64: true,
	looksAtUrls: () => false,
	read: () => ({ file: 'data' }),
	look: async () => await Promise.resolve({ ok: true, value: {} }),
};

/** An n8n at an address, with a file in the item. */
async function itemAt(address: string) {
	const { client } = await clientOf(() => ({ data: {} }));
	const file = {
		id: 'filesystem-v2:workflows/1/executions/5/x',
		data: 'filesystem-v2',
		mimeType: 'image/png',
	};
	const context = {
		getExecutionId: () => '5',
		getInputData: () => [{ json: {}, binary: { data: file } }],
		helpers: {
			assertBinaryData: () => file,
			createBinarySignedUrl: () => `${address}/rest/binary-data/signed?token=1`,
			getBinaryMetadata: async () => await Promise.resolve({ fileSize: CONTENT.length }),
			getBinaryStream: async () => await Promise.resolve(streamOf(CONTENT)),
		},
	};
	return { context: context as object as IExecuteFunctions, index: 0, client };
}

test('a file is named by its signed address where Kling can reach this n8n', async () => {
	const files = await readFileInputs([INPUT], await itemAt('https://n8n.example.com'), {});
	expect(files).toMatchObject({ ok: true, value: { areHeld: false } });
	const ready = files.ok ? await files.value.prepare() : files;
	expect(ready).toMatchObject({
		value: { fields: { image: 'https://n8n.example.com/rest/binary-data/signed?token=1' } },
	});
});

test('a file goes into the body as raw Base64 where this n8n has no public address', async () => {
	const files = await readFileInputs([INPUT], await itemAt('http://localhost:5678'), {});
	expect(files).toMatchObject({ ok: true, value: { areHeld: true, fields: {} } });
	const ready = files.ok ? await files.value.prepare() : files;
	expect(ready).toMatchObject({ value: { fields: { image: CONTENT.toString('base64') } } });
});

test('a file is refused where there is no public address and Kling takes addresses only', async () => {
	const input = { ...INPUT, takesBase64: false };
	const files = await readFileInputs([input], await itemAt('http://localhost:5678'), {});
	expect(files).toMatchObject({
		ok: false,
		problem: { advice: expect.stringContaining('WEBHOOK_URL') as string },
	});
});

test('a file beside the same field in the body is refused', async () => {
	const item = await itemAt('https://n8n.example.com');
	const files = await readFileInputs([INPUT], item, { image: 'https://example.com/a.png' });
	expect(files).toMatchObject({
		ok: false,
		problem: { what: 'The image is given twice' },
	});
});

test('nothing is downloaded when the time of a pause is up, and the item keeps the address', async () => {
	const { client } = await clientOf(() => ({ data: {} }));
	const task = readTask(
		{
			task_id: '1',
			task_status: 'succeed',
			task_result: { videos: [{ id: '2', url: 'https://files.example.com/v.mp4' }] },
		},
		IMAGE_TO_VIDEO,
	);
	// Whatever it touched here would fail the test.
	const context = {} as IExecuteFunctions;
	const source = { context, client, kind: IMAGE_TO_VIDEO, untilMs: Date.now() };
	expect(await resultRow(source, task, { simple: true, fileField: 'data' })).toEqual({
		ok: true,
		value: {
			json: expect.objectContaining({
				video_url: 'https://files.example.com/v.mp4',
				hint: 'The video was not downloaded: The time limit of the pause was reached.',
			}) as object,
		},
	});
});
