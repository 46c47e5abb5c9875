import './environment.cjs';

import { ExecuteContext, RoutingNode } from 'n8n-core';
import {
	Workflow,
	createRunExecutionData,
	type ICredentialDataDecryptedObject,
	type ICredentialTestRequest,
	type IDataObject,
	type INode,
	type INodeType,
} from 'n8n-workflow';

import { nodeTypes } from './nodeTypes.cjs';
import { additionalData } from './workflow.cjs';

const CREDENTIAL = { id: '1', name: 'Kling API' };

const node: INode = {
	id: 'test',
	name: 'Test',
	type: 'n8n-nodes-base.noOp',
	typeVersion: 1,
	position: [0, 0],
	parameters: {},
	credentials: { klingApi: CREDENTIAL },
};

/** A declarative node that does nothing but send this request. */
function requestingType(request: ICredentialTestRequest['request']): INodeType {
	const base = nodeTypes.getByNameAndVersion(node.type);
	return {
		description: {
			...base.description,
			credentials: [{ name: 'klingApi', required: true }],
			properties: [
				{ displayName: 'Test', name: 'test', type: 'string', default: '', routing: { request } },
			],
		},
	};
}

/**
 * Sends the request of the credential's test as the editor's button does: through n8n's own routing node,
 * which evaluates the address and authenticates.
 * @returns the answer's JSON, to which n8n then applies the test's rules
 */
export async function sendCredentialTest(
	credentials: ICredentialDataDecryptedObject,
	request: ICredentialTestRequest['request'],
): Promise<IDataObject> {
	const nodeType = requestingType(request);
	const file = { name: 'Test', nodes: [node], connections: {} };
	const workflow = new Workflow({
		...file,
		active: false,
		nodeTypes: { ...nodeTypes, getByNameAndVersion: () => nodeType },
	});
	const context = new ExecuteContext(
		workflow,
		node,
		additionalData(file, credentials, { executionId: '0', mode: 'internal' }),
		'internal',
		createRunExecutionData(),
		0,
		[],
		{ main: [[{ json: {} }]] },
		{ node, data: {}, source: null },
		[],
	);
	const decrypted = { ...CREDENTIAL, type: 'klingApi', data: credentials };
	const answer = await new RoutingNode(context, nodeType, decrypted).runNode();
	return answer?.[0]?.[0]?.json ?? {};
}
