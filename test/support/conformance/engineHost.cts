import type { IDataObject, IRunExecutionData } from 'n8n-workflow';
import type { WorkflowFile } from '../../../sandbox/engine/index.cjs';
import {
	startInstance,
	type ActiveWorkflow,
	type Instance,
} from '../../../sandbox/engine/instance/index.cjs';
import type { RunOptions } from '../../../sandbox/engine/workflow.cjs';
import { startSandbox, type Sandbox } from '../../../sandbox/kling/server.cjs';
import type { Host, HostedWorkflow } from './host.cjs';
import { KLING_OPTIONS, PROBES } from './probes.cjs';

/** The harness of `sandbox/engine`. */
export async function startEngineHost(): Promise<Host> {
	const kling = await startSandbox(KLING_OPTIONS);
	const instance = await startInstance();
	return {
		base: instance.url,
		kling,
		open: async (file) => new OnEngine(instance, kling, file),
		async close() {
			await instance.close();
			await kling.close();
		},
	};
}

class OnEngine implements HostedWorkflow {
	private active?: ActiveWorkflow | undefined;
	private readonly options: RunOptions;

	constructor(
		private readonly instance: Instance,
		kling: Sandbox,
		private readonly file: WorkflowFile,
	) {
		const [apiKey = ''] = kling.options.apiKeys;
		const reached = { baseUrl: kling.baseUrl, apiKey };
		const credentials = { provider: 'custom', authentication: 'apiKey', ...reached };
		this.options = { credentials, nodeTypes: PROBES };
	}

	async activate(): Promise<void> {
		this.active = await this.instance.activate(this.file, this.options);
	}

	async deactivate(): Promise<void> {
		await this.active?.deactivate();
		this.active = undefined;
	}

	/** From a pinned manual trigger, as the harness's tests of pauses do. */
	async start(items: IDataObject[]): Promise<void> {
		const [first, ...rest] = this.file.nodes;
		if (!first) throw new Error('The workflow has no node');
		const manual = { ...first, type: 'n8n-nodes-base.manualTrigger', parameters: {} };
		const pinData = { [first.name]: items };
		const file = { ...this.file, nodes: [manual, ...rest] };
		await this.instance.startWorkflow(file, { ...this.options, pinData }).paused;
	}

	async test(): Promise<boolean> {
		const { url } = await this.instance.listen(this.file, this.options);
		return url !== '';
	}

	async poll(): Promise<void> {
		await this.active?.poll();
	}

	async restart(): Promise<void> {
		for (const { id } of await this.executions()) this.instance.execution(id).restart();
		this.active?.restart();
		await this.active?.startUp();
	}

	async timeLimit(id: string): Promise<void> {
		this.instance.execution(id).timeLimitPasses();
	}

	async cancel(id: string): Promise<void> {
		this.instance.execution(id).cancel();
	}

	async retry(id: string): Promise<void> {
		this.instance.retry(id);
	}

	async executions() {
		return this.instance.executions(this.file.id ?? '');
	}

	async data(id: string): Promise<IRunExecutionData> {
		const found = (await this.executions()).find((execution) => execution.id === id);
		if (!found) throw new Error(`There is no execution ${id}`);
		return found.data;
	}
}
