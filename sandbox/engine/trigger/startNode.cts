import * as n8n from 'n8n-workflow';
import type { Workflow } from 'n8n-workflow';

/** n8n 1.x checks the same, in words of its own, outside of n8n-workflow. */
const { validateWorkflowHasTriggerLikeNode } = n8n as Partial<typeof n8n>;

/** @throws in n8n's words when nothing could ever start the workflow: it cannot be published then */
export function refuseWithoutStartNode({ nodes, nodeTypes }: Workflow): void {
	const error = validateWorkflowHasTriggerLikeNode?.(nodes, nodeTypes).error;
	if (error !== undefined) throw new Error(error);
}
