import type { Request, Response } from 'express';
import type {
	IDataObject,
	INode,
	INodeType,
	IRun,
	IWebhookData,
	WorkflowActivateMode,
} from 'n8n-workflow';

import type { TriggerEvent } from './event.cjs';
import { answerTrigger } from './call.cjs';
import { Activity } from './activity.cjs';
import {
	loadWorkflow,
	startExecution,
	withMode,
	type ActiveWorkflow,
	type Host,
	type LoadedWorkflow,
} from './host.cjs';
import { createUnlessExists, webhookNodeOf, runWebhookMethod } from './lifecycle.cjs';
import { activationError, cursorKey, pollOnce } from './poll.cjs';
import { refuseWithoutStartNode } from './startNode.cjs';
import { triggerWebhooksOf } from '../webhook/descriptions.cjs';
import { is2x, type RunOptions, type WorkflowFile } from '../workflow.cjs';

export class Activation implements ActiveWorkflow {
	private readonly activity = new Activity();
	private memory: LoadedWorkflow;
	url = '';
	private webhooks: IWebhookData[] = [];
	private isActive = true;

	static async open(host: Host, file: WorkflowFile, options: RunOptions): Promise<Activation> {
		const activation = new Activation(host, file, options);
		refuseWithoutStartNode(activation.memory.workflow);
		await activation.activate('activate');
		return activation;
	}

	private constructor(
		private readonly host: Host,
		private readonly file: WorkflowFile,
		private options: RunOptions,
	) {
		this.memory = this.load();
	}

	get executions(): IRun[] {
		return this.activity.ended;
	}

	get staticData(): IDataObject {
		const stored = this.host.workflows.load(this.file).staticData;
		return (stored[`node:${this.triggerNode.name}`] ?? {}) as IDataObject;
	}

	get cursor(): IDataObject | undefined {
		const key = cursorKey(this.memory.workflow.id, this.triggerNode);
		const text = this.host.workflows.cursors.get(key);
		return text === undefined ? undefined : (JSON.parse(text) as IDataObject);
	}

	async poll(): Promise<void> {
		// With durable cursors the timer loads the workflow for each poll, else it keeps the one of the activation.
		const { durableCursors } = this.host;
		if (!this.isActive) return;
		const loaded = durableCursors ? this.load() : this.memory;
		await this.pollIn(loaded, durableCursors ? 'update' : 'activate', false);
	}

	async idle(): Promise<void> {
		await this.activity.idle();
	}

	restart(nodeTypes?: Record<string, INodeType>): void {
		if (nodeTypes) this.options = { ...this.options, nodeTypes };
		this.memory = this.load();
	}

	async startUp(): Promise<void> {
		this.closeAddresses();
		this.memory = this.load();
		await this.activate('init');
	}

	async deactivate(): Promise<void> {
		this.isActive = false;
		const { workflow, data } = this.load();
		try {
			await workflow.expression.acquireIsolate();
			for (const webhook of triggerWebhooksOf(workflow, data)) {
				await runWebhookMethod('delete', workflow, webhook, 'internal', 'update');
			}
			this.host.workflows.saveStaticData(workflow);
		} finally {
			await workflow.expression.releaseIsolate();
			this.closeAddresses();
		}
	}

	/** Webhooks first, then the first poll; a workflow that cannot be activated has no address. */
	private async activate(mode: WorkflowActivateMode): Promise<void> {
		const { workflow, data } = this.memory;
		const { workflows, live } = this.host;
		this.isActive = true;
		await workflow.expression.acquireIsolate();
		try {
			for (const webhook of triggerWebhooksOf(workflow, data)) {
				live.open(webhook, async (req, res) => await this.answer(req, res, webhook));
				this.url = this.url || `${this.host.url}webhook/${webhook.path}`;
				this.webhooks.push(webhook);
				await createUnlessExists(workflow, webhook, 'trigger', mode);
			}
			if (this.webhooks.length > 0) workflows.saveStaticData(workflow);
			// A durable timer is still there after a restart, and then the first poll is left out.
			const isTimed = mode === 'init' && this.host.durableCursors;
			if (workflow.getPollNodes().length > 0 && !isTimed) await this.firstPoll(mode);
		} catch (error) {
			this.isActive = false;
			this.closeAddresses();
			throw error;
		} finally {
			await workflow.expression.releaseIsolate();
		}
		workflows.saveStaticData(workflow);
	}

	private async firstPoll(mode: WorkflowActivateMode): Promise<void> {
		try {
			await this.pollIn(this.memory, mode, true);
		} catch (error) {
			throw activationError(error, this.triggerNode);
		}
	}

	private async pollIn(
		loaded: LoadedWorkflow,
		activation: WorkflowActivateMode,
		isTest: boolean,
	): Promise<void> {
		const [node] = loaded.workflow.getPollNodes();
		if (!node) throw new Error('The workflow has no node that polls');
		const { workflows, durableCursors } = this.host;
		const isCurrent = () => this.isActive && (durableCursors || loaded === this.memory);
		const start = (event: TriggerEvent) => this.start('trigger', event);
		const task = { ...loaded, node, activation, workflows, durableCursors, isTest };
		await this.activity.during(async () => await pollOnce({ ...task, isCurrent, start }));
	}

	/**
	 * Each call sees the workflow as it is stored at that moment, and none waits for another. What `webhook()` writes
	 * into static data is stored with the answer; 2.x forgets it when the call has started an execution.
	 */
	private async answer(req: Request, res: Response, webhook: IWebhookData): Promise<void> {
		const now = this.load();
		let isForgotten = false;
		await this.activity.during(async () => {
			await answerTrigger({
				...now,
				req,
				res,
				webhook,
				mode: 'webhook',
				answering: () => {
					if (!isForgotten) this.host.workflows.saveStaticData(now.workflow);
				},
				start: (event) => {
					isForgotten = is2x;
					this.start('webhook', event);
				},
			});
		});
	}

	private start(mode: 'trigger' | 'webhook', event: TriggerEvent): void {
		const options = withMode(this.options, mode);
		startExecution(this.host, this.file, options, event, this.activity.watch);
	}

	private get triggerNode(): INode {
		const { workflow, data } = this.memory;
		const [webhook] = triggerWebhooksOf(workflow, data);
		const node = webhook ? webhookNodeOf(workflow, webhook) : workflow.getPollNodes()[0];
		if (!node) throw new Error('The workflow has no node to start it');
		return node;
	}

	private load(): LoadedWorkflow {
		return loadWorkflow(this.host, this.file, this.options);
	}

	private closeAddresses(): void {
		for (const webhook of this.webhooks.splice(0)) this.host.live.close(webhook);
	}
}
