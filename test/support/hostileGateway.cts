import type { IDataObject } from 'n8n-workflow';

import { outputOf, startWorkflow } from '../../sandbox/engine/index.cjs';
import { credentialsFor } from '../../sandbox/kling/connection.cjs';
import { startSandbox, type FaultRule, type Sandbox } from '../../sandbox/kling/server.cjs';
import { inARow, klingNode, nodeOf, CLIP } from './workflows.cjs';

const SHARE = 0.04;

/** What a hostile or broken gateway does: each with every create, or with every look at a task, now and then. */
const FAULTS: FaultRule[] = [
	{ on: 'create', kind: 'strange', probability: 3 * SHARE },
	{ on: 'create', kind: 'anotherTask', probability: SHARE },
	{ on: 'create', kind: 'answerLost', probability: SHARE },
	{ on: 'create', kind: 'errorAfter', status: 200, body: '<html>no</html>', probability: SHARE },
	{
		on: 'create',
		kind: 'errorAfter',
		status: 500,
		body: { code: '-'.repeat(180_000), message: 'no '.repeat(60_000) },
		probability: SHARE,
	},
	{ on: 'create', kind: 'tooManyInFlight', probability: SHARE },
	{ on: 'get', kind: 'strange', probability: 3 * SHARE },
	{ on: 'get', kind: 'anotherTask', probability: 3 * SHARE },
	{ on: 'get', kind: 'htmlPage', status: 403, probability: SHARE },
	{ on: 'get', kind: 'resetBefore', probability: SHARE },
	{ on: 'list', kind: 'strange', probability: SHARE },
];

export interface HostileRun {
	/** Creates that made more than one task. */
	twice: number;
	/** Items with the task or the voice of another one. */
	ofOthers: number;
	/** Items that ended without an id of theirs. */
	nameless: number;
	voices: number;
	errors: number;
	/** The longest text of an error. */
	longest: number;
	seconds: number;
}

/** Creates voices, and waits for them, at a gateway that does any of this to any request. */
export async function createsAtHostileGateway(items: number, timeoutS = 60): Promise<HostileRun> {
	const sandbox = await startSandbox({
		fetchClips: false,
		faults: FAULTS,
		pageCap: 30,
		submittedMs: 100,
		processingMs: 200,
		recordRequests: false,
	});
	const started = performance.now();
	const names = Array.from({ length: items }, (_, index) => `Voice ${String(index)}`);
	const parameters = {
		voiceName: '={{ $json.name }}',
		voiceUrl: CLIP,
		options: { timeout: timeoutS, maxConcurrency: 50 },
	};
	const file = inARow('Hostile gateway', [
		nodeOf('Items', 'n8n-nodes-base.manualTrigger'),
		klingNode(parameters, { id: 'kling', onError: 'continueErrorOutput' }),
	]);
	try {
		const run = await startWorkflow(file, {
			credentials: credentialsFor(sandbox),
			pinData: { Items: names.map((name) => ({ name })) },
		}).finished;
		const seconds = (performance.now() - started) / 1000;
		const itemOf = (pairedItem: unknown) => (pairedItem as { item: number }).item;
		const ends = [0, 1].flatMap((output) =>
			outputOf(run, 'Kling', output).map(({ json, pairedItem }) => ({
				name: names[itemOf(pairedItem)] ?? '',
				json: output === 0 ? json : (json.error as IDataObject),
				isError: output === 1,
			})),
		);
		return { ...judged(sandbox, names, ends), seconds };
	} finally {
		await sandbox.close();
	}
}

interface End {
	name: string;
	json: IDataObject;
	isError: boolean;
}

function judged(sandbox: Sandbox, names: string[], ends: End[]): Omit<HostileRun, 'seconds'> {
	const made = sandbox.tasks.map(({ voice_name: name }) => name);
	const rows = ends.filter(({ isError }) => !isError);
	const errors = ends.filter(({ isError }) => isError);
	const isOthers = ({ name, json }: End) => {
		const task = sandbox.tasks.find(({ voice_name: its }) => its === name);
		const ids = [json.voice_id, json.task_id].filter((id) => id !== undefined);
		const own = [task?.task_id, ...(task?.voices ?? []).map(({ voice_id: id }) => id)];
		return ids.some((id) => !own.includes(String(id)));
	};
	const hasId = ({ json }: End) => Boolean(json.task_id ?? json.external_task_id);
	const withTask = ends.filter(({ name }) => made.includes(name));
	return {
		twice: made.length - new Set(made).size,
		ofOthers: rows.filter(isOthers).length,
		nameless: withTask.filter((end) => !hasId(end)).length + (names.length - ends.length),
		voices: rows.filter(({ json }) => json.voice_id !== undefined).length,
		errors: errors.length,
		longest: Math.max(
			0,
			...errors.flatMap(({ json }) => [
				String(json.message).length,
				String(json.description).length,
			]),
		),
	};
}
