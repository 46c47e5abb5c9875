import type { INodeExecutionData } from 'n8n-workflow';

import { startInstance } from '../../sandbox/engine/instance/index.cjs';
import { is2x } from '../../sandbox/engine/workflow.cjs';
import {
	bellWorkflow,
	itemsOf,
	jsonsOf,
	useBell,
	type BellParts,
} from '../support/engine/bell.cjs';
import { postText } from '../support/engine/http.cjs';

const { notes, options, instanceOf } = useBell();

describe('The poll of an active trigger', () => {
	const counting = (give: (n: number) => INodeExecutionData[][] | null): BellParts => ({
		async poll() {
			const data = this.getWorkflowStaticData('node');
			const n = Number(data.n ?? 0) + 1;
			data.n = n;
			notes.push(`poll ${n} ${this.getMode()} ${this.getActivationMode()}`);
			return give(n);
		},
	});

	it('runs once on activation, after the webhook is created, and starts executions', async () => {
		const active = await instanceOf().activate(
			bellWorkflow,
			options(counting((n) => itemsOf({ n }))),
		);
		expect(notes.map((text) => text.split(' ')[0])).toEqual(['checkExists', 'create', 'poll']);
		await active.poll();
		await active.idle();
		expect(active.executions.map(({ mode }) => mode)).toEqual(['trigger', 'trigger']);
		expect(active.executions.flatMap((run) => jsonsOf(run))).toEqual([{ n: 1 }, { n: 2 }]);
		await active.deactivate();
		await active.poll();
		expect(active.executions).toHaveLength(2);
	});

	it('keeps static data in memory until an execution starts or an activation ends', async () => {
		const parts = counting((n) => {
			if (n === 3) throw new Error('no luck');
			return n === 4 ? itemsOf({ n }) : null;
		});
		const active = await instanceOf().activate(bellWorkflow, options(parts));
		// The end of an activation stores them.
		expect(active.staticData).toMatchObject({ n: 1 });
		await active.poll();
		expect(active.staticData).toMatchObject({ n: 1 });
		await expect(active.poll()).rejects.toThrow('no luck');
		expect(active.staticData).toMatchObject({ n: 1 });
		// What the failed poll has changed is still there.
		await active.poll();
		expect(active.staticData).toMatchObject({ n: 4 });
		await active.poll();
		active.restart();
		await active.poll();
		expect(notes.at(-1)).toMatch(/^poll 5/);
		await active.startUp();
		expect(notes.slice(-2)).toEqual(['checkExists trigger init', 'poll 5 trigger init']);
	});

	it('stores its static data after each poll that does not throw, with durable cursors', async () => {
		if (!is2x) return;
		const other = await startInstance({ durableCursors: true });
		try {
			const parts = counting((n) => {
				if (n === 2) throw new Error('no luck');
				return null;
			});
			const active = await other.activate(bellWorkflow, options(parts));
			// Not stored: the first poll is a test.
			expect(active.cursor).toEqual({ listening: true });
			await active.poll();
			expect(active.cursor).toEqual({ listening: true, n: 1 });
			await expect(active.poll()).rejects.toThrow('no luck');
			expect(active.cursor).toEqual({ listening: true, n: 1 });
			expect(active.staticData).toEqual({ listening: true });
		} finally {
			await other.close();
		}
	});

	it('prevents the activation when it throws at once, or is set to seconds', async () => {
		const broken = async () => {
			throw new Error('no key');
		};
		const failed = instanceOf().activate(bellWorkflow, options({ poll: broken }));
		await expect(failed).rejects.toThrow('There was a problem activating the workflow: "no key"');
		expect((await postText(`${instanceOf().url}webhook/w1/hook`, '{}')).status).toBe(404);
		const [bell, ...rest] = bellWorkflow.nodes;
		const pollTimes = { item: [{ mode: 'custom', cronExpression: '*/5 * * * * *' }] };
		const nodes = bell ? [{ ...bell, parameters: { pollTimes } }, ...rest] : [];
		const quick = instanceOf().activate(
			{ ...bellWorkflow, nodes },
			options({ poll: async () => null }),
		);
		await expect(quick).rejects.toThrow('too short');
	});
});
