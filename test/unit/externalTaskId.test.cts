import { derivedTaskId } from '../../nodes/Kling/operation/externalTaskId';
import type { Item } from '../../nodes/Kling/operation/item';

/** Everything that names one item of one run; each field may be changed by itself. */
const ORIGIN = {
	instance: 'instance-1',
	workflow: 'workflow-1',
	execution: '1042',
	node: 'node-1',
	type: 'n8n-nodes-kling-voice.kling',
	run: 0,
	input: '{}',
};

function idOf(changes: Partial<typeof ORIGIN> = {}, index = 0, attempt = 0): string {
	const origin = { ...ORIGIN, ...changes };
	const context = {
		getInstanceId: () => origin.instance,
		getWorkflow: () => ({ id: origin.workflow }),
		getExecutionId: () => origin.execution,
		getNode: () => ({ id: origin.node, type: origin.type }),
		getWorkflowDataProxy: () => ({ $runIndex: origin.run, $json: origin.input }),
	};
	return derivedTaskId({ context, index } as unknown as Item, attempt);
}

test('the external ID is the same for the same origin, and names execution and item', () => {
	expect(idOf()).toBe(idOf());
	expect(idOf()).toMatch(/^n8n-1042-0-[\da-f]{16}$/);
});

test.each([
	{ instance: 'instance-2' },
	{ workflow: 'workflow-2' },
	{ execution: '1043' },
	{ node: 'node-2' },
	{ run: 1 },
])('the external ID differs with %j', (change) => {
	expect(idOf(change)).not.toBe(idOf());
});

test('the external ID differs from item to item', () => {
	expect(idOf({}, 1)).not.toBe(idOf({}, 0));
});

test('the external ID depends on the input only in a tool, which an agent may call several times', () => {
	const tool = { type: 'n8n-nodes-kling-voice.klingTool' };
	expect(idOf({ ...tool, input: '{"a":1}' })).not.toBe(idOf({ ...tool, input: '{"a":2}' }));
	expect(idOf({ input: '{"a":1}' })).toBe(idOf({ input: '{"a":2}' }));
});

test('the external ID is never the same without an execution', () => {
	expect(idOf({ execution: '' })).not.toBe(idOf({ execution: '' }));
});

test('the external ID differs from attempt to attempt, and is always the same for one', () => {
	expect(idOf({}, 0, 1)).not.toBe(idOf());
	expect(idOf({}, 0, 2)).not.toBe(idOf({}, 0, 1));
	expect(idOf({}, 0, 1)).toBe(idOf({}, 0, 1));
});
