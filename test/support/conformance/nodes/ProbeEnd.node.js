/** Outputs what it gets. */
class ProbeEnd {
	/** @type {import('n8n-workflow').INodeTypeDescription} */
	description = {
		displayName: 'Probe End',
		name: 'probeEnd',
		group: ['transform'],
		version: 1,
		description: 'Outputs what it gets',
		defaults: { name: 'Next' },
		inputs: ['main'],
		outputs: ['main'],
		properties: [],
	};

	/**
	 * @this {import('n8n-workflow').IExecuteFunctions}
	 * @returns {Promise<import('n8n-workflow').INodeExecutionData[][]>}
	 */
	async execute() {
		return [this.getInputData()];
	}
}

module.exports = { ProbeEnd };
