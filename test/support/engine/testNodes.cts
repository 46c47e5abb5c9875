import type {
	IExecuteFunctions,
	INodeExecutionData,
	INodeType,
	IPollFunctions,
	IWebhookFunctions,
	IWebhookResponseData,
} from 'n8n-workflow';

export type ExecuteMethod = (this: IExecuteFunctions) => Promise<INodeExecutionData[][]>;
export type PollMethod = (this: IPollFunctions) => Promise<INodeExecutionData[][] | null>;
export type WebhookMethod = (this: IWebhookFunctions) => Promise<IWebhookResponseData>;

type Description = INodeType['description'];

/** As much of a description as n8n-core needs. */
export const describedAs = (name: string, more: Partial<Description> = {}): Description => ({
	displayName: name,
	name,
	group: ['transform'],
	version: 1,
	description: name,
	defaults: {},
	inputs: ['main'],
	outputs: ['main'],
	properties: [],
	...more,
});

/** The webhook of a node that can pause its execution: it listens at the resume address itself. */
export const RESUME_WEBHOOK = {
	name: 'default',
	httpMethod: 'POST',
	path: '',
	isFullPath: true,
	restartWebhook: true,
	responseMode: 'onReceived',
	responseData: 'noData',
} as const;

export const inAnHour = () => new Date(Date.now() + 3_600_000);

/** Gives what it gets. */
export const passThrough: INodeType = {
	description: describedAs('passThrough'),
	async execute() {
		return [this.getInputData()];
	},
};

/** Gives what it gets, and counts how often it runs. */
export function countingNode(): { times: number; type: INodeType } {
	const type: INodeType = {
		...passThrough,
		async execute() {
			counter.times += 1;
			return [this.getInputData()];
		},
	};
	const counter = { times: 0, type };
	return counter;
}

/** As n8n's own Wait node with Resume: On Webhook Call and HTTP Method: POST. */
export const waitNode: INodeType = {
	description: describedAs('wait', { webhooks: [RESUME_WEBHOOK] }),
	async execute() {
		await this.putExecutionToWait(inAnHour());
		return [this.getInputData()];
	},
	async webhook() {
		return { workflowData: [[{ json: { approved: this.getBodyData() } }]] };
	},
};
