import type { IExecuteFunctions } from 'n8n-workflow';
import { createHash, randomUUID } from 'crypto';

/**
 * The same id for the same item of the same run of the same node in the same execution, so that n8n's own
 * Retry On Fail asks Kling for the same task again instead of a second one. The instance is part of it, as two
 * instances may share an account and count executions alike; the name is part of it, as an agent may call one
 * node several times within one run.
 * @returns e.g. `n8n-1042-0-5f1d0c2a9b7e4d31`; a random one where n8n has no execution to name
 */
export function derivedTaskId(context: IExecuteFunctions, itemIndex: number, name: string): string {
	const executionId = context.getExecutionId();
	if (!executionId) return `n8n-${randomUUID()}`;
	const origin = [
		context.getInstanceId(),
		context.getWorkflow().id,
		executionId,
		context.getNode().id,
		context.evaluateExpression('{{ $runIndex }}', itemIndex),
		itemIndex,
		name,
	];
	const digest = createHash('sha256').update(JSON.stringify(origin)).digest('hex').slice(0, 16);
	return `n8n-${executionId}-${itemIndex}-${digest}`;
}
