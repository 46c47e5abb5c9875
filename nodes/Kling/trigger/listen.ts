import type { IHookFunctions } from 'n8n-workflow';

import { KlingClient } from '../api/client';
import { nodeErrorFrom } from '../operation/nodeError';
import { kindOfType } from '../tasks/endpoints';
import { readSettings } from './settings';

const LONGEST_MS = 10_000;

/**
 * One read before a workflow is activated that polls: n8n 2.41 polls only after that, when nobody sees the error of a
 * wrong key.
 * @throws NodeApiError when the key or the account is refused; anything else may pass by the first poll
 */
export async function checkKey(context: IHookFunctions): Promise<void> {
	const { receive, types } = readSettings(context);
	const [type] = types;
	if (receive === 'callback' || type === undefined) return;
	const opened = await KlingClient.open(context, { patienceMs: -1 });
	if (!opened.ok) throw nodeErrorFrom(context, opened.problem, 0);
	const reply = await opened.value.exchange({
		method: 'GET',
		path: kindOfType(type).path,
		query: { pageNum: 1, pageSize: 1 },
		timeoutMs: LONGEST_MS,
	});
	if (!reply.ok && reply.problem.cause === 'account')
		throw nodeErrorFrom(context, reply.problem, 0);
}
