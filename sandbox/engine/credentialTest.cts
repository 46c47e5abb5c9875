import './environment.cjs';

import { CredentialTestContext } from 'n8n-core';
import type { ICredentialDataDecryptedObject, INodeCredentialTestResult } from 'n8n-workflow';

import { testCredential } from '../../nodes/Kling/api/credentialTest';
import { klingNode } from './nodeTypes.cjs';
import { additionalData } from './workflow.cjs';

const CREDENTIAL = { id: '1', name: 'Kling API', type: 'klingApi' };

/** n8n 1.x makes the context without an argument. */
function testContext(credentials: ICredentialDataDecryptedObject): CredentialTestContext {
	const file = { name: 'Test', nodes: [], connections: {} };
	const about = additionalData(file, credentials, { executionId: '0', mode: 'internal' });
	return new CredentialTestContext(about);
}

/** Runs the credential's test as the editor's button does: the node's own method, in n8n's own context. */
export async function runCredentialTest(
	credentials: ICredentialDataDecryptedObject,
): Promise<INodeCredentialTestResult> {
	const test = klingNode.methods?.credentialTest?.testKlingApi;
	if (!test) throw new Error('The Kling node has no test of its credential');
	const context = testContext(credentials);
	return await test.call(context, { ...CREDENTIAL, data: credentials });
}

/** The same at another address, for a provider whose own one is fixed. */
export async function runCredentialTestAt(
	credentials: ICredentialDataDecryptedObject,
	address: string,
): Promise<INodeCredentialTestResult> {
	return await testCredential(testContext(credentials).helpers, credentials, address);
}
