import type { WorkflowFile } from '../../../sandbox/engine/index.cjs';
import { until } from '../../../sandbox/n8n/client/until.cjs';
import { send } from './call.cjs';
import { isUnderWay, type Host, type HostedWorkflow, type Listed } from './host.cjs';
import { Placeholders } from './placeholders.cjs';
import type { Act } from './scenario.cjs';

/** Takes the steps of a scenario on one host. */
export class StepRunner {
	/** Resume addresses by the number of their execution. */
	private readonly addresses = new Map<number, string>();

	constructor(
		private readonly host: Host,
		private readonly workflow: HostedWorkflow,
		private readonly file: WorkflowFile,
	) {}

	/** @returns what the step gives, `undefined` for one that gives nothing */
	async run(act: Act): Promise<unknown> {
		switch (act.do) {
			case 'activate':
				return await this.workflow.activate().then(() => 'published', reasonOf);
			case 'start':
				await this.workflow.start(act.items);
				return (await this.settled()).at(-1)?.status;
			case 'call':
				return await this.call(act);
			case 'test':
				return (await this.workflow.test()) ? 'listening' : 'started';
			case 'deactivate':
			case 'poll':
			case 'restart':
				await this.workflow[act.do]();
				break;
			case 'ended':
				await this.ended(act.of);
				break;
			case 'timeLimit':
			case 'cancel':
			case 'retry':
				await this.workflow[act.do](await this.id(act.of));
				break;
			default:
				this.atKling(act);
		}
		await this.settled();
		return undefined;
	}

	/** The executions of the workflow, once none of them runs. */
	async settled(): Promise<Listed[]> {
		return await until('the end of what runs', async () => {
			const runs = await this.workflow.executions();
			return !runs.some(isUnderWay) && runs;
		});
	}

	private async ended(of: number): Promise<void> {
		const look = async () => (await this.settled())[of - 1]?.status !== 'waiting';
		await until(`the end of execution ${of}`, look);
	}

	private async call(act: Act & { do: 'call' }): Promise<unknown> {
		const path = `${this.hook}/${this.pathOfTrigger()}`;
		const address = {
			production: `${this.host.base}webhook/${path}`,
			test: `${this.host.base}webhook-test/${path}`,
			resume: act.to === 'resume' ? await this.resumeAddress(act.of) : '',
		}[act.to];
		const { times = 1 } = act;
		const call = { ...act, body: new Placeholders(this.host, this.hook).resolve(act.body) };
		const calls = Array.from({ length: times }, async () => await send(address, call));
		const answers = await Promise.all(calls);
		answers.sort((one, other) => one.status - other.status);
		await this.settled();
		return times === 1 ? answers[0] : answers;
	}

	private get hook(): string {
		return this.file.nodes[0]?.webhookId ?? '';
	}

	private pathOfTrigger(): string {
		return this.file.nodes[0]?.type.startsWith('CUSTOM.') ? 'probe' : 'webhook';
	}

	/** The probe keeps its address in its context, our node gives it to Kling. */
	private async resumeAddress(of = 1): Promise<string> {
		const known = this.addresses.get(of);
		if (known !== undefined) return known;
		const id = await this.id(of);
		const { executionData } = await this.workflow.data(id);
		const own: unknown = executionData?.contextData['node:Pause']?.address;
		const given = this.host.kling.tasks.map(({ callback_url: url }) => url ?? '');
		const address: unknown = own ?? given.find((url) => url.includes(`/webhook-waiting/${id}/`));
		if (typeof address !== 'string')
			throw new Error(`Execution ${of} has given nobody its address`);
		this.addresses.set(of, address);
		return address;
	}

	private async id(of: number): Promise<string> {
		const run = (await this.settled())[of - 1];
		if (!run) throw new Error(`There is no execution ${of}`);
		return run.id;
	}

	private atKling(act: Act): void {
		const { kling } = this.host;
		if (act.do === 'kling') {
			Object.assign(kling.options, act.options);
		} else if (act.do === 'finish') {
			kling.finish(kling.tasks[act.task - 1]?.task_id ?? '');
		} else if (act.do === 'task') {
			const { task_id: id } = kling.createTask({ voice_name: act.name });
			if (act.status !== 'submitted') kling.finish(id, act.status, 'There is music');
		}
	}
}

const reasonOf = (error: unknown) => (error instanceof Error ? error.message : String(error));
