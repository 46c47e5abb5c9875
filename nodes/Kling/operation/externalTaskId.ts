import { createHash, randomUUID } from 'crypto';

import { inputOf, isTool, runIndexOf } from '../api/run';
import type { Item } from './item';

const PREFIX = 'n8n-';

/**
 * The same id for the same item of the same run of a node in an execution. So n8n's own Retry On Fail asks Kling for the
 * same task again instead of a second one. The instance is part of it, as two instances may share an account and count
 * executions alike. For a tool its input is part of it, as an agent may call it several times within one run.
 * @param attempt from 1 on, another id for the same item, as a task that Kling failed keeps its id for good
 * @returns e.g. `n8n-1042-0-5f1d0c2a9b7e4d31`; a random one where n8n has no execution to name
 */
export function derivedTaskId({ context, index }: Item, attempt = 0): string {
	const executionId = context.getExecutionId();
	if (!executionId) return `${PREFIX}${randomUUID()}`;
	const { id, name } = context.getNode();
	const origin = [
		context.getInstanceId(),
		context.getWorkflow().id,
		executionId,
		id,
		// Of a workflow that was written by hand or by a model, several nodes may have one ID.
		name,
		runIndexOf(context),
		index,
		isTool(context) ? JSON.stringify(inputOf(context, index)) : undefined,
		...(attempt > 0 ? [attempt] : []),
	];
	const digest = createHash('sha256').update(JSON.stringify(origin)).digest('hex').slice(0, 16);
	return `${prefixOf(executionId)}${index}-${digest}`;
}

/** Whether an id was made for this execution; a task under any other may be somebody else's. */
export function isDerived(id: string | undefined, executionId: string): boolean {
	return id?.startsWith(prefixOf(executionId)) ?? false;
}

/** Whether an id was made by this node, for whatever execution. */
export const isMadeHere = (id: unknown): boolean => typeof id === 'string' && id.startsWith(PREFIX);

const prefixOf = (executionId: string) => `${PREFIX}${executionId}-`;
