import type { IDataObject, INodeExecutionData, INodeType, IRun } from 'n8n-workflow';

import { outputOf, type WorkflowFile } from '../../../sandbox/engine/index.cjs';
import { startInstance, type Instance } from '../../../sandbox/engine/instance/index.cjs';
import { inARow, nodeOf } from '../workflows.cjs';
import {
	describedAs,
	passThrough,
	type ExecuteMethod,
	type PollMethod,
	type WebhookMethod,
} from './testNodes.cjs';

/** A trigger of the tests, and what it did. */

export const itemsOf = (...jsons: IDataObject[]): INodeExecutionData[][] => [
	jsons.map((json) => ({ json })),
];

export const jsonsOf = (run: IRun | undefined, name = 'End'): IDataObject[] =>
	run ? outputOf(run, name).map(({ json }) => json) : [];

export interface BellParts {
	poll?: PollMethod;
	webhook?: WebhookMethod;
	execute?: ExecuteMethod;
	path?: string;
}

const times = ['mode', 'cronExpression'].map((name) => ({
	displayName: name,
	name,
	type: 'string' as const,
	default: '',
}));

const describedAt = (path: string) =>
	describedAs('bell', {
		group: ['trigger'],
		inputs: [],
		properties: [
			{
				displayName: 'Poll Times',
				name: 'pollTimes',
				type: 'fixedCollection',
				typeOptions: { multipleValues: true },
				default: {},
				options: [{ displayName: 'Item', name: 'item', values: times }],
			},
		],
		webhooks: [
			{ name: 'default', httpMethod: 'POST', path, responseMode: 'onReceived', responseData: '' },
		],
	});

/** @param notes gets a line for each call of the node's methods */
function bell({ poll, webhook, execute, path = 'hook' }: BellParts, notes: string[]): INodeType {
	const type: INodeType = {
		description: describedAt(path),
		webhookMethods: {
			default: {
				async checkExists() {
					notes.push(`checkExists ${this.getMode()} ${this.getActivationMode()}`);
					return this.getWorkflowStaticData('node').listening === true;
				},
				async create() {
					notes.push(`create ${this.getNodeWebhookUrl('default') ?? ''}`);
					this.getWorkflowStaticData('node').listening = true;
					return true;
				},
				async delete() {
					notes.push(`delete ${this.getMode()} ${this.getActivationMode()}`);
					delete this.getWorkflowStaticData('node').listening;
					return true;
				},
			},
		},
		webhook: webhook ?? (async () => ({ workflowData: itemsOf({}) })),
	};
	return { ...type, ...(poll ? { poll } : {}), ...(execute ? { execute } : {}) };
}

/** Bell → End. */
export const bellWorkflow: WorkflowFile = inARow('Test', [
	nodeOf('Bell', 'test.bell', {}, { webhookId: 'w1' }),
	nodeOf('End', 'test.end'),
]);

/** Gives each test of a file an n8n of its own. */
export function useBell() {
	const notes: string[] = [];
	let instance: Instance | undefined;
	beforeEach(async () => {
		notes.length = 0;
		instance = await startInstance();
	});
	afterEach(async () => {
		await instance?.close();
	});
	return {
		/** What the node did, for the test. */
		notes,
		options: (parts: BellParts) => ({
			credentials: {},
			nodeTypes: { 'test.bell': bell(parts, notes), 'test.end': passThrough },
		}),
		instanceOf: (): Instance => {
			if (!instance) throw new Error('The instance runs only inside tests');
			return instance;
		},
	};
}
