import type { IDataObject } from 'n8n-workflow';

import { photoOf } from '../../sandbox/kling/connection.cjs';
import { NODE, outputOf, requestCounts, runKling, errorItems } from '../support/engine/kling.cjs';
import { CALLING_BACK, endOf, items, usePausing } from '../support/engine/pausing.cjs';

const { sandboxOf, start } = usePausing(CALLING_BACK);

const parameters = (others: IDataObject = {}): IDataObject => ({
	resource: 'video',
	operation: 'imageToVideo',
	imageUrl: photoOf(sandboxOf()),
	prompt: '={{ "Lamp " + $json.n }}',
	waitFor: 'callback',
	...others,
});

describe('A run that pauses for videos', () => {
	it('continues once with all of them, in order, with their files, and asks nothing meanwhile', async () => {
		const run = start({ parameters: parameters(), items: items(8) });
		expect((await run.paused).status).toBe('waiting');
		expect(requestCounts(sandboxOf()).get ?? 0).toBe(0);
		sandboxOf().hurry();
		const output = outputOf(await endOf(run), NODE);
		expect(output.map(({ json }) => json.video_id)).toEqual(
			sandboxOf()
				.tasks.toSorted((one, other) =>
					String(one.body.prompt).localeCompare(String(other.body.prompt)),
				)
				.map(({ videos }) => videos[0]?.id),
		);
		expect(output.map(({ binary }) => binary?.data?.mimeType)).toEqual(Array(8).fill('video/mp4'));
	});

	it('keeps the address of a video whose file cannot be had', async () => {
		sandboxOf().options.media = { kind: 'missing' };
		const run = start({ parameters: parameters(), items: items(1) });
		await run.paused;
		sandboxOf().hurry();
		const [item] = outputOf(await endOf(run), NODE);
		sandboxOf().options.media = {};
		expect(item?.json).toMatchObject({
			video_url: expect.stringMatching(/^http/) as string,
			hint: expect.stringContaining('The video was not downloaded') as string,
		});
		expect(item?.binary).toBeUndefined();
	});

	it('downloads no more files at once than Max Concurrency', async () => {
		sandboxOf().options.media = { delayMs: 150 };
		let most = 0;
		const watch = setInterval(() => {
			const open = sandboxOf().downloads.filter(({ status }) => status === undefined);
			most = Math.max(most, open.length);
		}, 5);
		const run = start({
			parameters: parameters({ options: { maxConcurrency: 2 } }),
			items: items(6),
		});
		await run.paused;
		sandboxOf().hurry();
		const output = outputOf(await endOf(run), NODE);
		clearInterval(watch);
		sandboxOf().options.media = {};
		expect(output.every(({ binary }) => binary?.data)).toBe(true);
		expect(most).toBe(2);
	});
});

describe('A failed video', () => {
	it('goes to the error output with its task, and the others are output', async () => {
		sandboxOf().options.submittedMs = 10;
		sandboxOf().options.processingMs = 10;
		sandboxOf().addFault({ on: 'create', kind: 'taskFails', message: 'No face', times: 1 });
		const run = await runKling(sandboxOf(), {
			parameters: parameters({ waitFor: 'poll', downloadVideo: false }),
			items: items(2),
			settings: { onError: 'continueErrorOutput' },
		});
		expect(errorItems(run)).toMatchObject([
			{
				message: expect.stringContaining('No face') as string,
				task_id: expect.any(String) as string,
			},
		]);
		expect(outputOf(run, NODE)).toHaveLength(1);
	});
});
