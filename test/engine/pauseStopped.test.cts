import { setTimeout as sleep } from 'node:timers/promises';

import { endOf, items, usePausing, voice } from '../support/engine/pausing.cjs';

const { sandboxOf, start, finishAll, callBack } = usePausing();

describe('A stopped execution', () => {
	it('does not pause when it is stopped between two creates', async () => {
		sandboxOf().options.createMs = 400;
		const run = start({
			parameters: voice({ options: { maxConcurrency: 1 } }),
			items: items(4),
			settings: { onError: 'continueRegularOutput' },
		});
		await sleep(600);
		run.cancel();
		expect((await endOf(run)).status).toBe('canceled');
		await sleep(1_200);
		expect(sandboxOf().tasks.length).toBeLessThanOrEqual(2);
	});

	it('stays stopped when Kling calls back', async () => {
		const run = start({ parameters: voice(), items: items(1) });
		await run.paused;
		run.cancel();
		finishAll();
		expect(await callBack()).toBe(409);
		expect((await endOf(run)).status).toBe('canceled');
	});

	it('stays stopped when it is stopped while the node works on a callback', async () => {
		const run = start({ parameters: voice(), items: items(1) });
		await run.paused;
		finishAll();
		sandboxOf().addFault({ on: 'get', kind: 'slow', delayMs: 500 });
		const called = callBack();
		await sleep(200);
		run.cancel();
		await called;
		await sleep(600);
		expect((await endOf(run)).status).toBe('canceled');
	});
});
