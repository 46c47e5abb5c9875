/**
 * Pauses its execution. A call at the resume address ends the pause, unless `act` in its body makes the node do something
 * else: `ignore`, `answer`, `own` (it answers by itself) or `throw`. With `together` a call waits for a second one, and
 * then both end the pause.
 */
class ProbePause {
	/** @type {import('n8n-workflow').INodeTypeDescription} */
	description = {
		displayName: 'Probe Pause',
		name: 'probePause',
		group: ['transform'],
		version: [1, 2],
		description: 'Pauses its execution',
		defaults: { name: 'Pause' },
		inputs: ['main'],
		outputs: ['main'],
		webhooks: [
			{
				name: 'default',
				httpMethod: 'POST',
				path: 'probe',
				isFullPath: true,
				restartWebhook: true,
				responseMode: 'onReceived',
			},
		],
		properties: [
			{ displayName: 'Limit', name: 'limitMs', type: 'number', default: 3_600_000 },
			{
				displayName: 'Call First',
				name: 'callFirst',
				type: 'boolean',
				default: false,
				description: 'Whether the node calls its own resume address before it pauses',
			},
		],
	};

	/**
	 * @this {import('n8n-workflow').IExecuteFunctions}
	 * @returns {Promise<import('n8n-workflow').INodeExecutionData[][]>}
	 */
	async execute() {
		const address = new URL(String(this.evaluateExpression('{{ $execution.resumeUrl }}', 0)));
		address.pathname += '/probe';
		this.getContext('node').address = address.href;
		const items = this.getInputData();
		const early =
			this.getNodeParameter('callFirst', 0) === true ? await call(this, address.href) : {};
		for (const [index, { json }] of items.entries()) {
			items[index] = { json: { ...json, ...early, paused: true }, pairedItem: { item: index } };
		}
		const limitMs = Number(this.getNodeParameter('limitMs', 0));
		await this.putExecutionToWait(new Date(Date.now() + limitMs));
		return [[...items]];
	}

	/**
	 * @this {import('n8n-workflow').IWebhookFunctions}
	 * @returns {Promise<import('n8n-workflow').IWebhookResponseData>}
	 */
	async webhook() {
		/** @type {unknown} */
		const body = this.getBodyData();
		const { act = 'resume' } = Object(body);
		if (act === 'throw') throw new Error('The probe was told to throw');
		if (act === 'ignore') return {};
		if (act === 'answer') return { webhookResponse: { paused: true } };
		if (act === 'own') {
			this.getResponseObject().status(202).json({ own: true });
			return { noWebhookResponse: true };
		}
		if (act === 'together') await together(this.getExecutionId());
		const stored = this.evaluateExpression('{{ $input.all() }}', 0);
		const query = { ...Object(this.getQueryData()) };
		delete query.signature;
		const json = {
			body: body === undefined ? 'undefined' : Object(body),
			query,
			contentType: this.getHeaderData()['content-type'] ?? 'none',
			mode: this.getMode(),
			stored: Array.isArray(stored) ? stored.map((item) => Object(item).json) : [],
		};
		return { workflowData: [[{ json }]] };
	}
}

/**
 * @param {import('n8n-workflow').IExecuteFunctions} context
 * @param {string} url
 */
async function call(context, url) {
	const answer = await context.helpers.httpRequest({
		method: 'POST',
		url,
		body: {},
		returnFullResponse: true,
		ignoreHttpStatusErrors: true,
	});
	const { statusCode, body } = Object(answer);
	return { early: { status: statusCode, body } };
}

/** @type {Map<string, () => void>} */
const waiting = new Map();

/** @param {string} execution */
async function together(execution) {
	const other = waiting.get(execution);
	if (other) {
		other();
		return;
	}
	await new Promise((resolve) => {
		waiting.set(execution, () => resolve(undefined));
	});
}

module.exports = { ProbePause };
