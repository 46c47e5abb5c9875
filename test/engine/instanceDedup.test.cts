import { startInstance } from '../../sandbox/engine/instance/index.cjs';
import {
	bellWorkflow,
	itemsOf,
	jsonsOf,
	useBell,
	type BellParts,
} from '../support/engine/bell.cjs';
import { postJson } from '../support/engine/http.cjs';

const { options, instanceOf } = useBell();

describe('The memory of processed IDs', () => {
	const once = (maxEntries: number): BellParts => ({
		async webhook() {
			return { workflowData: itemsOf(this.getBodyData()) };
		},
		async execute() {
			const ids = this.getInputData().map(({ json }) => String(json.id));
			const mode = { mode: 'entries', maxEntries } as const;
			const found = await this.helpers.checkProcessedAndRecord(ids, 'node', mode);
			return [found.new.map((id) => ({ json: { id } }))];
		},
	});
	const ring = async (url: string, id: string) => await postJson(url, { id });

	it('keeps the newest IDs over a restart and a new activation', async () => {
		const active = await instanceOf().activate(bellWorkflow, options(once(2)));
		for (const id of ['a', 'b', 'a', 'c', 'a']) {
			await ring(active.url, id);
			await active.idle();
			active.restart();
		}
		await active.deactivate();
		const again = await instanceOf().activate(bellWorkflow, options(once(2)));
		await ring(again.url, 'c');
		await again.idle();
		const runs = [...active.executions, ...again.executions];
		expect(runs.map((run) => jsonsOf(run, 'Bell').map(({ id }) => id))).toEqual([
			['a'],
			['b'],
			[],
			['c'],
			['a'],
			[],
		]);
	});

	it('loses IDs, and reports one as new twice, when two processes ask at the same moment', async () => {
		const other = await startInstance({ sharedWith: instanceOf() });
		try {
			instanceOf().workflows.dedupStore.inPairs = true;
			const one = await instanceOf().activate(bellWorkflow, options(once(100)));
			const two = await other.activate(bellWorkflow, options(once(100)));
			const both = async (a: string, b: string) => {
				await Promise.all([ring(one.url, a), ring(two.url, b)]);
				await Promise.all([one.idle(), two.idle()]);
				return [one, two].map(({ executions }) => executions.at(-1));
			};
			const first = await both('a', 'a');
			expect(first.map((run) => run?.status).sort()).toEqual(['error', 'success']);
			const failed = first.find((run) => run?.status === 'error');
			expect(failed?.data.resultData.error?.message).toContain('UNIQUE constraint');
			expect((await both('b', 'b')).map((run) => jsonsOf(run))).toEqual([
				[{ id: 'b' }],
				[{ id: 'b' }],
			]);
			await both('c', 'd');
			const after = [await both('c', 'x'), await both('d', 'y')].map(([run]) => jsonsOf(run));
			// One of the two lists was lost.
			expect(after.flat()).toHaveLength(1);
			expect((await both('a', 'z')).map((run) => jsonsOf(run, 'End'))).toContainEqual([]);
		} finally {
			await other.close();
		}
	});
});
