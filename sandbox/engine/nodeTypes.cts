import type { ICredentialType, INodeType, INodeTypeDescription, INodeTypes } from 'n8n-workflow';

import index from '../../index.js';

interface BuiltPackage {
	KlingApi: new () => ICredentialType;
	Kling: new () => INodeType;
	KlingTrigger: new () => INodeType;
}

/** What `npm run build` made, by way of the package's own `index.js`. */
const built = index as BuiltPackage;

export const klingApi = new built.KlingApi();

export const klingNode = new built.Kling();

/** What n8n makes of it for agents, which is told by its name. Here it stands in a row like any other node. */
function asTool(node: INodeType): INodeType {
	node.description = { ...node.description, name: `${node.description.name}Tool` };
	return node;
}

const ours = (): Record<string, INodeType> => ({
	'n8n-nodes-kling-voice.kling': new built.Kling(),
	'n8n-nodes-kling-voice.klingTool': asTool(new built.Kling()),
	'n8n-nodes-kling-voice.klingTrigger': new built.KlingTrigger(),
});

/**
 * Our nodes are the real ones. Nodes of n8n itself are only names here: a run is given their output as pinned
 * data, and one that is not pinned refuses to run instead of pretending.
 * @param others node types of a test, by their full name
 */
export function nodeTypesWith(others: Record<string, INodeType> = {}): INodeTypes {
	const known = { ...ours(), ...others };
	const find = (name: string) => known[name] ?? placeholder(name);
	return {
		getByName: find,
		getByNameAndVersion: find,
		getKnownTypes: () => ({}),
	};
}

export const nodeTypes = nodeTypesWith();

function placeholder(name: string): INodeType {
	const isTrigger = /trigger/i.test(name);
	const description: INodeTypeDescription = {
		displayName: name,
		name,
		group: [isTrigger ? 'trigger' : 'transform'],
		version: 1,
		description: 'Stands for a node of n8n',
		defaults: {},
		inputs: isTrigger ? [] : ['main'],
		outputs: ['main'],
		properties: [],
	};
	const refuse = () =>
		Promise.reject(new Error(`${name} is not part of the sandbox: pin its data`));
	return isTrigger ? { description, trigger: refuse } : { description, execute: refuse };
}
