import { AsyncLocalStorage } from 'node:async_hooks';
import { isDeepStrictEqual } from 'node:util';
import { PollContext } from 'n8n-core';
import {
	toCronExpression,
	WorkflowActivationError,
	type IDataObject,
	type INode,
	type TriggerTime,
	type WorkflowActivateMode,
} from 'n8n-workflow';

import type { TriggerEvent } from './event.cjs';
import type { WorkflowStore } from '../instance/store.cjs';
import type { LoadedWorkflow } from './host.cjs';
import { is2x } from '../workflow.cjs';

interface PollTimes {
	item?: TriggerTime[];
}

export interface PollTask extends LoadedWorkflow {
	node: INode;
	activation: WorkflowActivateMode;
	workflows: WorkflowStore;
	durableCursors: boolean;
	/** The first poll of an activation. */
	isTest: boolean;
	/** False once the workflow is not active any more. */
	isCurrent(): boolean;
	start(event: TriggerEvent): void;
}

/** One poll, as n8n-core's executor does it. Rejects with what the node threw. */
export async function pollOnce(task: PollTask): Promise<void> {
	const { workflow, node, data, activation, workflows } = task;
	const type = workflow.nodeTypes.getByNameAndVersion(node.type, node.typeVersion);
	const cursor = new Cursor(task);
	const refuse = () => {
		throw new Error('Only n8n-core emits');
	};
	const context = new PollContext(
		workflow,
		node,
		data,
		'trigger',
		activation,
		refuse,
		refuse,
		async () => cursor.commit(),
		async (poll) => await cursor.during(poll),
		() => cursor.data,
	);
	if (task.isTest) {
		// n8n registers the timer with it: a node without the field cannot be activated.
		const fallback = type.description.polling === true ? {} : undefined;
		refuseSeconds(context.getNodeParameter('pollTimes', fallback) as PollTimes);
	}
	await cursor.during(async () => {
		await workflow.expression.acquireIsolate();
		try {
			const main = (await type.poll?.call(context)) ?? null;
			if (!task.isTest && !task.isCurrent()) return;
			if (main !== null) {
				cursor.commit();
				workflows.saveStaticData(workflow);
				task.start({ node, main });
			} else if (!task.isTest) {
				cursor.commit();
			}
		} finally {
			await workflow.expression.releaseIsolate();
		}
	});
}

function refuseSeconds({ item = [] }: PollTimes): void {
	const isShort = (time: TriggerTime) => {
		const [first = '', ...rest] = toCronExpression(time).trim().split(/\s+/);
		return is2x ? rest.length === 5 && !/^\d+$/.test(first) : first.includes('*');
	};
	if (!item.some(isShort)) return;
	throw new Error('The polling interval is too short. It has to be at least a minute.');
}

export function activationError(thrown: unknown, node: INode): WorkflowActivationError {
	const error = thrown instanceof Error ? thrown : new Error(String(thrown));
	const message = `There was a problem activating the workflow: "${error.message}"`;
	return new WorkflowActivationError(message, { cause: error, node });
}

/** What one poll reads and writes as its static data. */
interface Staged {
	snapshot: IDataObject;
	seed: IDataObject;
}

/**
 * By default a poll has the static data of the workflow in memory: what it changes stays there, also when it throws,
 * and is stored with the next execution that it starts. With durable cursors (an option of 2.x) each poll has a copy
 * of its own, stored when it has ended well.
 */
class Cursor {
	private readonly staged = new AsyncLocalStorage<Staged | undefined>();

	constructor(private readonly task: PollTask) {}

	get data(): IDataObject {
		const { workflow, node } = this.task;
		return this.staged.getStore()?.snapshot ?? workflow.getStaticData('node', node);
	}

	async during<T>(poll: () => Promise<T>): Promise<T> {
		return await this.staged.run(this.staged.getStore() ?? this.stage(), poll);
	}

	commit(): void {
		const staged = this.staged.getStore();
		if (!staged || isDeepStrictEqual(staged.snapshot, staged.seed)) return;
		this.task.workflows.cursors.set(this.key, JSON.stringify(staged.snapshot));
		staged.seed = structuredClone(staged.snapshot);
	}

	private stage(): Staged | undefined {
		const { durableCursors, workflow, node, workflows } = this.task;
		if (!durableCursors) return undefined;
		const text =
			workflows.cursors.get(this.key) ?? JSON.stringify(workflow.getStaticData('node', node));
		workflows.cursors.set(this.key, text);
		return {
			snapshot: JSON.parse(text) as IDataObject,
			seed: JSON.parse(text) as IDataObject,
		};
	}

	private get key(): string {
		return cursorKey(this.task.workflow.id, this.task.node);
	}
}

export const cursorKey = (workflowId: string, node: INode) => JSON.stringify([workflowId, node.id]);
