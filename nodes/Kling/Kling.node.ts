import type {
	IExecuteFunctions,
	INodeExecutionData,
	INodeType,
	INodeTypeDescription,
} from 'n8n-workflow';
import { NodeConnectionTypes, NodeOperationError } from 'n8n-workflow';

import { descriptions, operations } from './resources';
import { searchVoices } from './search';

export class Kling implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Kling',
		name: 'kling',
		icon: { light: 'file:kling.svg', dark: 'file:kling.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle: '={{ $parameter["operation"] + ": " + $parameter["resource"] }}',
		description: 'Create and manage custom voices with Kling',
		defaults: { name: 'Kling' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'klingApi', required: true }],
		properties: [
			{
				displayName: 'Resource',
				name: 'resource',
				type: 'options',
				noDataExpression: true,
				default: 'customVoice',
				options: [
					{ name: 'Custom Voice', value: 'customVoice' },
					{ name: 'Preset Voice', value: 'presetVoice' },
				],
			},
			...descriptions,
		],
	};

	methods = { listSearch: { searchVoices } };

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const resource = this.getNodeParameter('resource', 0);
		const name = this.getNodeParameter('operation', 0);
		const ofResource = Object.hasOwn(operations, resource) ? operations[resource] : undefined;
		const operation = ofResource && Object.hasOwn(ofResource, name) ? ofResource[name] : undefined;
		if (!operation) {
			throw new NodeOperationError(
				this.getNode(),
				`This version has no operation "${name}" for "${resource}"`,
				{
					description:
						'The workflow was made with another version of n8n-nodes-kling-voice. Update the package.',
				},
			);
		}
		return [await operation.execute(this)];
	}
}
