/**
 * A trigger that outputs what n8n tells it of a call, or the `items` of the body. `act` in the body makes it do something
 * else: `ignore`, `answer`, `own` (it answers by itself) or `throw`.
 */
class ProbeTrigger {
	/** @type {import('n8n-workflow').INodeTypeDescription} */
	description = {
		displayName: 'Probe Trigger',
		name: 'probeTrigger',
		group: ['trigger'],
		version: [1, 2],
		description: 'Outputs what n8n tells it of a call',
		defaults: { name: 'Start' },
		inputs: [],
		outputs: ['main'],
		webhooks: [
			{
				name: 'default',
				httpMethod: 'POST',
				path: 'probe',
				responseMode: 'onReceived',
				responseCode: '={{ $parameter["responseCode"] }}',
				responseData: '={{ $parameter["responseData"] }}',
			},
		],
		properties: [
			{ displayName: 'Response Code', name: 'responseCode', type: 'number', default: 200 },
			{ displayName: 'Response Data', name: 'responseData', type: 'string', default: '' },
			{
				displayName: 'Remember',
				name: 'remember',
				type: 'number',
				default: 0,
				description: 'How many IDs the node remembers; 0 for none',
			},
		],
	};

	webhookMethods = {
		default: {
			/** @this {import('n8n-workflow').IHookFunctions} */
			async checkExists() {
				return this.getWorkflowStaticData('node').listening === true;
			},
			/** @this {import('n8n-workflow').IHookFunctions} */
			async create() {
				const data = this.getWorkflowStaticData('node');
				data.listening = true;
				data.createdAt = this.getNodeWebhookUrl('default');
				data.createdIn = `${this.getMode()} ${this.getActivationMode()}`;
				return true;
			},
			/** @this {import('n8n-workflow').IHookFunctions} */
			async delete() {
				delete this.getWorkflowStaticData('node').listening;
				return true;
			},
		},
	};

	/**
	 * @this {import('n8n-workflow').IWebhookFunctions}
	 * @returns {Promise<import('n8n-workflow').IWebhookResponseData>}
	 */
	async webhook() {
		const data = this.getWorkflowStaticData('node');
		data.calls = Number(data.calls ?? 0) + 1;
		/** @type {unknown} */
		const body = this.getBodyData();
		const { act = 'start', items } = Object(body);
		if (act === 'throw') throw new Error('The probe was told to throw');
		if (act === 'ignore') return {};
		if (act === 'answer') return { webhookResponse: { calls: data.calls } };
		if (act === 'own') {
			this.getResponseObject().status(202).json({ own: true });
			return { noWebhookResponse: true };
		}
		if (Array.isArray(items)) return { workflowData: [items.map((json) => ({ json }))] };
		const json = {
			body: body === undefined ? 'undefined' : Object(body),
			query: Object(this.getQueryData()),
			contentType: this.getHeaderData()['content-type'] ?? 'none',
			isRead: Object(this.getRequestObject()).rawBody !== undefined,
			mode: this.getMode(),
			hasExecution: Boolean(this.getExecutionId()),
			data: { ...data },
		};
		return { workflowData: [[{ json }]] };
	}

	/**
	 * When the node remembers IDs, an item gets through once; in a retry all items do. An item with `fail` fails the node,
	 * except in a retry.
	 * @this {import('n8n-workflow').IExecuteFunctions}
	 * @returns {Promise<import('n8n-workflow').INodeExecutionData[][]>}
	 */
	async execute() {
		const maxEntries = Number(this.getNodeParameter('remember', 0));
		const mode = this.getMode();
		const given = this.getInputData();
		const items = given.map(({ json }) => ({ json: { ...json, executed: mode } }));
		if (maxEntries === 0) return [given.some(({ json }) => json.mode) ? items : given];
		const ids = items.map(({ json }) => String(Object(json).id));
		const options = /** @type {const} */ ({ mode: 'entries', maxEntries });
		const found = await this.helpers.checkProcessedAndRecord(ids, 'node', options);
		const isRetry = mode === 'retry';
		if (!isRetry && items.some(({ json }) => Object(json).fail === true)) {
			throw new Error('The probe was told to fail');
		}
		const rest = [...found.new];
		const isNew = (/** @type {string | undefined} */ id) => {
			const index = rest.findIndex((other) => other === id);
			if (index !== -1) rest.splice(index, 1);
			return index !== -1;
		};
		const fresh = items.filter((_, index) => isNew(ids[index]));
		const seen = isRetry ? found.processed.map(String) : undefined;
		const through = isRetry ? items.map(({ json }) => ({ json: { ...json, seen } })) : fresh;
		return [through];
	}
}

module.exports = { ProbeTrigger };
