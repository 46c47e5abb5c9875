import fc from 'fast-check';
import { Limiter } from '../../nodes/Kling/api/limiter';

/** A job that ends when told to. */
function job() {
	let end: () => void = () => undefined;
	const ended = new Promise<void>((resolve) => {
		end = resolve;
	});
	return { end, run: async () => await ended };
}

const settle = async (): Promise<void> => await new Promise((resolve) => setImmediate(resolve));

/** Starts `count` jobs and gives their ends. */
async function busy(flow: Limiter, count: number): Promise<(() => void)[]> {
	const jobs = Array.from({ length: count }, job);
	for (const { run } of jobs) void flow.run(run);
	await settle();
	return jobs.map(({ end }) => end);
}

test('the limiter starts at the limit of the user', () => {
	for (const most of [1, 5, 100]) expect(new Limiter(most).current).toBe(most);
});

test('the limiter gives the result of its job', async () => {
	await expect(new Limiter(1).run(async () => await Promise.resolve('answer'))).resolves.toBe(
		'answer',
	);
	await expect(
		new Limiter(1).run(async () => await Promise.reject(new Error('no'))),
	).rejects.toThrow('no');
});

test.each([
	[5, 5, 4, false],
	[5, 3, 2, false],
	[5, 2, 1, false],
	[5, 1, 1, true],
	[1, 1, 1, true],
])(
	'the limiter shrinks after a refusal: from %i with %i under way to %i, alone: %s',
	async (most, active, current, alone) => {
		const flow = new Limiter(most);
		const ends = await busy(flow, active);
		expect(flow.refused()).toBe(alone);
		expect(flow.current).toBe(current);
		for (const end of ends) end();
	},
);

test('the limiter shrinks one by one with further refusals of the same round, down to 1', async () => {
	const flow = new Limiter(5);
	const ends = await busy(flow, 5);
	const seen = Array.from({ length: 6 }, () => [flow.refused(), flow.current]);
	expect(seen.map(([, current]) => current)).toEqual([4, 3, 2, 1, 1, 1]);
	expect(seen.map(([alone]) => alone)).toEqual([false, false, false, false, true, true]);
	for (const end of ends) end();
});

test('the limiter grows by one after a full round of good answers, up to its limit', async () => {
	const flow = new Limiter(4);
	const ends = await busy(flow, 3);
	flow.refused();
	expect(flow.current).toBe(2);
	const after = Array.from({ length: 12 }, () => {
		flow.succeeded();
		return flow.current;
	});
	expect(after).toEqual([2, 3, 3, 3, 4, 4, 4, 4, 4, 4, 4, 4]);
	for (const end of ends) end();
});

test('the limiter counts a round from the start again after a refusal', async () => {
	const flow = new Limiter(5);
	const ends = await busy(flow, 4);
	flow.refused();
	flow.succeeded();
	flow.succeeded();
	flow.refused();
	expect(flow.current).toBe(2);
	flow.succeeded();
	expect(flow.current).toBe(2);
	flow.succeeded();
	expect(flow.current).toBe(3);
	for (const end of ends) end();
});

test('the limiter frees a place after good answers and finished tasks, and counts them as progress', () => {
	const flow = new Limiter(2);
	expect([flow.freedPlaces, flow.lastProgressAt]).toEqual([0, 0]);
	const before = Date.now();
	flow.succeeded();
	flow.freedPlace();
	expect(flow.freedPlaces).toBe(2);
	expect(flow.lastProgressAt).toBeGreaterThanOrEqual(before);
});

test('the limiter fills a place only once it has grown back', async () => {
	const flow = new Limiter(2);
	const [endFirst, endSecond] = await busy(flow, 2);
	flow.refused();
	let started = 0;
	const third = job();
	void flow.run(async () => {
		started += 1;
		await third.run();
	});
	endFirst?.();
	await settle();
	expect(started).toBe(0);
	endSecond?.();
	await settle();
	expect(started).toBe(1);
	third.end();
});

test('the limiter stays between 1 and its limit, and never runs more jobs than allowed', async () => {
	const step = fc.constantFrom('start', 'start', 'end', 'good', 'refused');
	await fc.assert(
		fc.asyncProperty(
			fc.integer({ min: 1, max: 8 }),
			fc.array(step, { maxLength: 60 }),
			async (most, steps) => {
				const flow = new Limiter(most);
				const ends: (() => void)[] = [];
				let running = 0;
				let begun = 0;
				let asked = 0;
				const start = () => {
					const { end, run } = job();
					asked += 1;
					return flow.run(async () => {
						begun += 1;
						running += 1;
						expect(running).toBeLessThanOrEqual(flow.current);
						ends.push(end);
						await run();
						running -= 1;
					});
				};
				const jobs: Promise<void>[] = [];
				for (const what of steps) {
					if (what === 'start') jobs.push(start());
					else if (what === 'end') ends.shift()?.();
					else if (what === 'good') flow.succeeded();
					else flow.refused();
					await settle();
					expect(flow.current).toBeGreaterThanOrEqual(1);
					expect(flow.current).toBeLessThanOrEqual(most);
					// Nobody waits beside a free place.
					if (running < flow.current) expect(begun).toBe(asked);
				}
				while (ends.length > 0) {
					ends.shift()?.();
					await settle();
				}
				await Promise.all(jobs);
				expect(begun).toBe(asked);
			},
		),
		{ numRuns: 200 },
	);
});
