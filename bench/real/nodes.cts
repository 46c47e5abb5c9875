import type { IDataObject, INode } from 'n8n-workflow';

import {
	CLIP,
	httpRequest,
	klingNode,
	nodeOf,
	splitOut,
	webhookNode,
} from '../../test/support/workflows.cjs';

/** Where the items come in: the body of the call is `{ names: [...] }`, one item for each name. */
export const entrance = (path: string): INode[] => [
	webhookNode(path),
	splitOut('Names', 'body.names', 'name'),
];

export const tellRecorder = (address: string, taskId: string): INode =>
	httpRequest('Done', { url: `=${address}/next?task={{ ${taskId} }}` });

/** A failed item leaves through the error output, and the others continue. */
const CONTINUE: Partial<INode> = { onError: 'continueErrorOutput' };

export const createWithKling = (waitFor: string, options: IDataObject = {}): INode =>
	klingNode(
		{ voiceName: '={{ $json.name }}', voiceSource: 'url', voiceUrl: CLIP, waitFor, options },
		{ id: 'Create', name: 'Create', ...CONTINUE },
	);

const requestWithKey = (name: string, parameters: IDataObject, settings: Partial<INode>): INode =>
	httpRequest(
		name,
		{
			authentication: 'genericCredentialType',
			genericAuthType: 'httpHeaderAuth',
			...parameters,
		},
		{ credentials: { httpHeaderAuth: { id: null, name: 'Kling key' } }, ...settings },
	);

/** The create as Kling's page shows it. */
export const createWithHttp = (
	baseUrl: string,
	options: IDataObject = {},
	settings: Partial<INode> = CONTINUE,
): INode =>
	requestWithKey(
		'Create',
		{
			method: 'POST',
			url: `${baseUrl}/v1/general/custom-voices`,
			sendBody: true,
			specifyBody: 'json',
			jsonBody: `={{ { voice_name: $json.name, voice_url: "${CLIP}" } }}`,
			options,
		},
		settings,
	);

export const getWithHttp = (baseUrl: string): INode =>
	requestWithKey(
		'Get',
		{ url: `=${baseUrl}/v1/general/custom-voices/{{ $json.data.task_id }}` },
		CONTINUE,
	);

export const wait = (seconds: number): INode =>
	nodeOf(
		'Wait',
		'n8n-nodes-base.wait',
		{ amount: seconds, unit: 'seconds' },
		{ typeVersion: 1.1, webhookId: 'wait' },
	);

export const ifFinished = (): INode =>
	nodeOf(
		'Finished',
		'n8n-nodes-base.if',
		{ conditions: IS_FINISHED, options: {} },
		{ typeVersion: 2.3 },
	);

const IS_FINISHED = {
	options: { caseSensitive: true, leftValue: '', typeValidation: 'strict', version: 3 },
	conditions: [
		{
			id: 'finished',
			leftValue: '={{ $json.data.task_status }}',
			rightValue: 'succeed',
			operator: { type: 'string', operation: 'equals' },
		},
	],
	combinator: 'and',
};
