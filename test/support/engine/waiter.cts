import type { IDataObject, INodeExecutionData, INodeType } from 'n8n-workflow';

import { inARow, nodeOf } from '../workflows.cjs';
import { useInstance, type Instance, type InstanceRun } from './kling.cjs';
import {
	describedAs,
	inAnHour,
	passThrough,
	RESUME_WEBHOOK,
	type ExecuteMethod,
	type WebhookMethod,
} from './testNodes.cjs';

/** By execution id. The node itself is thrown away at a restart. */
const resumeUrls = new Map<string, string>();

export const resumeUrlOf = (run: InstanceRun): string => resumeUrls.get(run.executionId) ?? '';

/** A node that can pause, and tells the test its resume address. */
export const waiter = (execute: ExecuteMethod, webhook: WebhookMethod): INodeType => ({
	description: describedAs('waiter', { webhooks: [{ ...RESUME_WEBHOOK }] }),
	async execute() {
		const address = this.evaluateExpression('{{ $execution.resumeUrl }}', 0) as string;
		resumeUrls.set(this.getExecutionId(), address);
		return await execute.call(this);
	},
	webhook,
});

/** Pauses with its input turned into `{ seen: n }`. */
export const pauseWithInput: ExecuteMethod = async function () {
	const items = this.getInputData();
	for (const [i, item] of items.entries()) {
		items[i] = { ...item, json: { seen: item.json.n } };
	}
	await this.putExecutionToWait(inAnHour());
	return [[...items]];
};

export const resumeWith =
	(...jsons: IDataObject[]): WebhookMethod =>
	async () => ({ workflowData: [jsons.map((json) => ({ json }))] });

const file = inARow('Test', [
	nodeOf('Form', 'test.formTrigger'),
	nodeOf('Waiter', 'test.waiter'),
	nodeOf('End', 'test.end'),
]);

const twoItems: INodeExecutionData[] = [{ json: { n: 1 } }, { json: { n: 2 } }];

/** Starts Form → Waiter → End. */
export const startOnInstance = (
	instance: Instance,
	type: INodeType,
	items = twoItems,
	executionId?: string,
): InstanceRun =>
	instance.startWorkflow(file, {
		credentials: {},
		items: { Form: items },
		nodeTypes: { 'test.waiter': type, 'test.end': passThrough },
		...(executionId === undefined ? {} : { executionId }),
	});

/** Runs the tests of a file with such a workflow on one n8n. */
export function useWaiter() {
	const instanceOf = useInstance();
	return {
		instanceOf,
		start: (type: INodeType, items?: INodeExecutionData[], executionId?: string) =>
			startOnInstance(instanceOf(), type, items, executionId),
		startWaiting: async (type: INodeType): Promise<InstanceRun> => {
			const run = startOnInstance(instanceOf(), type);
			expect((await run.paused).status).toBe('waiting');
			return run;
		},
	};
}
