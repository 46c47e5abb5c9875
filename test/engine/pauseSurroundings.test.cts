import { startWorkflow } from '../../sandbox/engine/index.cjs';
import {
	credentialsFor,
	NODE,
	startOn,
	useInstance,
	useSandbox,
	workflowOf,
} from '../support/engine/kling.cjs';
import { endOf, items, rowsOfRun, usePausing, voice } from '../support/engine/pausing.cjs';
import { passThrough } from '../support/engine/testNodes.cjs';
import { inARow, klingNode, nodeOf } from '../support/workflows.cjs';

const pausing = usePausing();
const slowToStore = useInstance({ storingMs: 900 });
const callingBack = useSandbox({ submittedMs: 50, processingMs: 350 });

const NARRATOR = voice({ voiceName: 'Narrator A' });
const hintsOf = (run: {
	data: { resultData: { runData: Record<string, { hints?: { message: string }[] }[]> } };
}) =>
	(run.data.resultData.runData[NODE] ?? []).flatMap(({ hints = [] }) =>
		hints.map(({ message }) => message),
	);

describe('A pause in a sub-workflow', () => {
	it('becomes polling, and the output pane says so', async () => {
		const run = await startWorkflow(workflowOf(NARRATOR), {
			credentials: credentialsFor(callingBack()),
			pinData: { Items: [{}] },
			mode: 'integrated',
		}).finished;
		expect(rowsOfRun(run)).toEqual([expect.objectContaining({ task_status: 'succeed' })]);
		expect(hintsOf(run).join()).toContain('sub-workflow');
		expect(callingBack().tasks[0]?.callback_url).toBeUndefined();
	});
});

describe('A pause before a step that waits for a person', () => {
	const startWith = (type: string, disabled = false) =>
		pausing.startWorkflow(
			inARow('Test', [
				nodeOf('Items', 'n8n-nodes-base.manualTrigger'),
				klingNode(NARRATOR, { id: 'kling' }),
				nodeOf('Approval', type, {}, { disabled }),
			]),
			{ [type]: passThrough },
		);

	it.each(['n8n-nodes-base.wait', 'n8n-nodes-base.form'])(
		'says that the address of Kling opens that step, too: %s',
		async (type) => {
			expect(hintsOf(await startWith(type).paused).join()).toContain('"Approval"');
		},
	);

	it.each([
		['n8n-nodes-base.noOp', false],
		['n8n-nodes-base.wait', true],
	])('says nothing where there is none: %s, disabled: %s', async (type, disabled) => {
		expect(hintsOf(await startWith(type, disabled).paused)).toEqual([]);
	});
});

describe('A pause alone that n8n takes long to store', () => {
	it('is resumed although its callback came before that, when it carries much data', async () => {
		const run = startOn(slowToStore(), callingBack(), {
			parameters: NARRATOR,
			items: items(1).map((item) => ({ ...item, more: 'x'.repeat(10_000_000) })),
		});
		const rows = rowsOfRun(await endOf(run, 15_000));
		expect(rows).toEqual([expect.objectContaining({ task_status: 'succeed' })]);
		const last = callingBack().callbacks.at(-1);
		expect(last).toMatchObject({ task_status: 'succeed', status: 409 });
	});
});
