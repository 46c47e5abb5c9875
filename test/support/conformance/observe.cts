import type { IDataObject, INode } from 'n8n-workflow';
import type { WorkflowFile } from '../../../sandbox/engine/index.cjs';
import type { Host, HostedWorkflow, Listed } from './host.cjs';
import { Placeholders } from './placeholders.cjs';
import type { Act, Observation, Scenario, SeenExecution } from './scenario.cjs';
import { StepRunner } from './stepRunner.cjs';

/**
 * Plays a scenario on a host.
 * @param key unique among the scenarios
 * @returns what came out, with placeholders for what differs from host to host
 */
export async function observe(host: Host, scenario: Scenario, key: string): Promise<Observation> {
	host.kling.reset();
	const file = workflowOf(scenario, key);
	const workflow = await host.open(file);
	const runner = new StepRunner(host, workflow, file);
	const steps: Observation['steps'] = {};
	try {
		for (const [index, act] of scenario.acts.entries()) {
			const given = await runner.run(act);
			if (given !== undefined) steps[stepName(act, index)] = given;
		}
		const runs = await runner.settled();
		const { fields } = scenario;
		const executions = await Promise.all(
			runs.map(async (run) => await seen(workflow, run, fields)),
		);
		return new Placeholders(host, key, runs).put({ steps, executions });
	} finally {
		await workflow.deactivate();
	}
}

/** What must come out on one of the hosts. */
export function expected(scenario: Scenario, on: 'engine' | 'n8n'): Observation {
	const { acts, executions, byDesign } = scenario;
	const entries = acts.map((act, index) => [stepName(act, index), act.gives] as const);
	const steps = Object.fromEntries(entries.filter(([, gives]) => gives !== undefined));
	const own = on === 'engine' ? byDesign?.engine : undefined;
	return { steps: { ...steps, ...own?.steps }, executions: own?.executions ?? executions };
}

const stepName = (act: Act, index: number) =>
	`${index + 1} ${act.do}${act.do === 'call' ? ` ${act.to}` : ''}`;

/** With the same IDs on every host, so that addresses are the same, too. */
function workflowOf({ title, nodes }: Scenario, key: string): WorkflowFile {
	const placed = nodes.map((node, index): INode => {
		const isOurs = node.type.startsWith('n8n-nodes-kling-voice');
		return {
			...node,
			id: `${key}-${index}`,
			position: [index * 220, 0],
			...(index === 0 ? { webhookId: key } : {}),
			...(isOurs ? { credentials: { klingApi: { id: '1', name: 'Kling API' } } } : {}),
		};
	});
	const links = nodes.slice(1).map(({ name: node }, index) => {
		const main = [[{ node, type: 'main' as const, index: 0 }]];
		return [nodes[index]?.name ?? '', { main }] as const;
	});
	return { id: key, name: title, nodes: placed, connections: Object.fromEntries(links) };
}

async function seen(
	workflow: HostedWorkflow,
	{ id, status, mode }: Listed,
	fields?: string[],
): Promise<SeenExecution> {
	const { error, runData } = (await workflow.data(id)).resultData;
	const next = runData.Next?.at(-1)?.data?.main?.[0]?.map(({ json }) => picked(json, fields));
	return { status, mode, next: next ?? null, ...(error ? { error: error.message } : {}) };
}

const picked = (json: IDataObject, fields?: string[]): IDataObject =>
	Object.fromEntries(Object.entries(json).filter(([name]) => fields?.includes(name) ?? true));
