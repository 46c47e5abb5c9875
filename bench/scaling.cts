import pLimit from 'p-limit';

import { until } from '../sandbox/n8n/client/rest.cjs';
import {
	type TestCluster,
	UNTIL_TOLD_MS,
	outputItems,
	startTestCluster,
	post,
} from '../test/support/e2e/testCluster.cjs';
import { eventsWorkflow, voicesWorkflow } from '../test/support/e2e/queueWorkflows.cjs';
import { finishedTasks } from './callback.cjs';
import { type Figure, type Measurement, median } from './figure.cjs';

const WORKERS = 2;
const WEBHOOKS = 2;
const CREATES = 200;
const PAUSED = 100;
const EVENTS = 200;
const DOUBLED = 200;
const AT_ONCE = 20;
/** As many as the Kling Trigger remembers. */
const FULL_MEMORY = 10_000;
/** 100,000 a day. */
const PER_SECOND = 100_000 / 86_400;

/** What n8n in queue mode does with this package; PostgreSQL, Redis and all processes share the machine. */
export const scaling: Measurement = async (say) => {
	say(`starting main, ${WORKERS} workers, ${WEBHOOKS} webhook processes, PostgreSQL, Redis`);
	const cluster = await startTestCluster({
		workers: WORKERS,
		webhooks: WEBHOOKS,
		sandbox: { fetchClips: false, processingMs: UNTIL_TOLD_MS, recordRequests: false },
		env: { EXECUTIONS_DATA_PRUNE: 'false' },
	});
	try {
		say(`${CREATES} executions that create one voice each`);
		const figures = await measureCreates(cluster);
		say(`${PAUSED} paused executions, called back`);
		figures.push(...(await measurePauses(cluster)));
		say(`${EVENTS} events, with an empty and with a full memory; ${DOUBLED} doubled`);
		return [...figures, ...(await measureEvents(cluster))];
	} finally {
		await cluster.close();
	}
};

async function measureCreates(cluster: TestCluster): Promise<Figure[]> {
	const workflowId = await cluster.add(voicesWorkflow('creates', { waitFor: 'none' }));
	const sizeBefore = await databaseBytes(cluster);
	const started = performance.now();
	await inParallel(cluster.voices('Creates', CREATES), async (voice) =>
		post(`${cluster.address}/webhook/creates`, { voices: [voice] }),
	);
	await allEnded(cluster, workflowId, CREATES);
	const perSecond = CREATES / ((performance.now() - started) / 1000);
	const grown = ((await databaseBytes(cluster)) - sizeBefore) / CREATES;
	const busy = await slotSeconds(cluster, workflowId);
	return [
		figure(
			'creates per second, one voice per execution, two workers',
			PER_SECOND,
			`${perSecond.toFixed(1)}, ${(perSecond / WORKERS).toFixed(1)} a worker`,
			perSecond >= PER_SECOND,
		),
		observed('time in a worker slot per create (median)', `${(busy * 1000).toFixed(0)} ms`),
		observed('database growth per such execution', `${(grown / 1024).toFixed(1)} KB`),
	];
}

async function measurePauses(cluster: TestCluster): Promise<Figure[]> {
	const workflowId = await cluster.add(voicesWorkflow('pauses', { waitFor: 'callback' }));
	const before = cluster.sandbox.tasks.length;
	await inParallel(cluster.voices('Pauses', PAUSED), async (voice) =>
		post(`${cluster.address}/webhook/pauses`, { voices: [voice] }),
	);
	await allEnded(cluster, workflowId, PAUSED, 'waiting');
	const running = await cluster.postgres.sql(
		`select count(*) from execution_entity where status in ('new', 'running')`,
	);
	const started = performance.now();
	for (const { task_id } of cluster.sandbox.tasks.slice(before)) cluster.sandbox.finish(task_id);
	await allEnded(cluster, workflowId, PAUSED);
	const perSecond = PAUSED / ((performance.now() - started) / 1000);
	const [single] = await cluster.order('pauses', cluster.voices('Alone', 1));
	const id = await cluster.newest(workflowId);
	await cluster.paused(id);
	cluster.sandbox.finish(single?.task_id ?? '');
	const execution = await cluster.rest.ended(id);
	const called = cluster.sandbox.callbacks.findLast(
		({ task_status: status }) => status === 'succeed',
	);
	const calledAt = performance.timeOrigin + (called?.time ?? NaN);
	const resumedAt = execution.data.resultData.runData.Done?.[0]?.startTime ?? NaN;
	return [
		figure(`worker slots occupied by ${PAUSED} paused executions`, 0, running, running === '0'),
		observed(
			`${PAUSED} of them, all called back at the same moment`,
			`all ended, ${perSecond.toFixed(1)} a second`,
		),
		observed(
			'from a callback to the next node, with nothing else to do',
			`${(resumedAt - calledAt).toFixed(0)} ms`,
		),
	];
}

async function measureEvents(cluster: TestCluster): Promise<Figure[]> {
	const file = eventsWorkflow('events');
	const workflowId = await cluster.add(file);
	const url = `${cluster.address}/webhook/${file.nodes[0]?.webhookId ?? ''}/webhook`;
	let calls = 0;
	const callAll = async (ids: string[]) => {
		const started = performance.now();
		calls += ids.length;
		await inParallel(ids, async (task_id) => post(url, { task_id, task_status: 'succeed' }));
		await allEnded(cluster, workflowId, calls);
		return ids.length / ((performance.now() - started) / 1000);
	};
	const empty = await callAll(finishedTasks(cluster.sandbox, EVENTS));
	const doubled = finishedTasks(cluster.sandbox, DOUBLED);
	await callAll(doubled.flatMap((id) => [id, id]));
	const doubledFigures = await figuresOfDoubled(cluster, workflowId, doubled);
	await fillDedupStore(cluster, workflowId);
	const full = await callAll(finishedTasks(cluster.sandbox, EVENTS));
	return [
		rate('events per second, each read back, two webhook processes, two workers', empty),
		rate(`the same with ${FULL_MEMORY} events in the memory`, full),
		...doubledFigures,
	];
}

const rate = (what: string, perSecond: number): Figure =>
	figure(what, PER_SECOND, perSecond.toFixed(1), perSecond >= PER_SECOND);

async function figuresOfDoubled(
	cluster: TestCluster,
	workflowId: string,
	doubled: string[],
): Promise<Figure[]> {
	const times = await timesStartedBy(cluster, workflowId);
	const twice = doubled.filter((id) => (times.get(id) ?? 0) > 1).length;
	const never = doubled.filter((id) => !times.has(id)).length;
	const known = Number(
		await cluster.postgres.sql(
			`select json_array_length(value::json->'data') from processed_data where "workflowId" = '${workflowId}'`,
		),
	);
	return [
		figure(
			`${DOUBLED} events called twice at the same moment: lost`,
			0,
			String(never),
			never === 0,
		),
		observed('the same: started the workflow twice', `${twice} of ${DOUBLED}`),
		observed(
			'events missing from the shared memory afterwards',
			`${EVENTS + DOUBLED - known} of ${EVENTS + DOUBLED}`,
		),
	];
}

/** As if the trigger had remembered as many events as it ever does. */
async function fillDedupStore({ postgres }: TestCluster, workflowId: string): Promise<void> {
	const filler = `(select json_agg(md5(n::text)) from generate_series(1, ${FULL_MEMORY}) n)`;
	await postgres.sql(
		`update processed_data set value = json_build_object('mode', 'entries', 'data', ${filler})::text where "workflowId" = '${workflowId}'`,
	);
}

/** How often each task started the workflow. */
async function timesStartedBy(
	cluster: TestCluster,
	workflowId: string,
): Promise<Map<string, number>> {
	const times = new Map<string, number>();
	// Not n8n's own list: it is sorted by time and paged by id, so that a page may leave some out.
	const query = `select id from execution_entity where "workflowId" = '${workflowId}'`;
	const ids = (await cluster.postgres.sql(query)).split('\n');
	await inParallel(ids, async (id) => {
		for (const { json } of outputItems(await cluster.rest.execution(id), 'Event')) {
			const task = json.task_id as string;
			times.set(task, (times.get(task) ?? 0) + 1);
		}
	});
	return times;
}

/** Asks the database and not n8n, which would be kept from its work. */
async function allEnded(
	{ postgres }: TestCluster,
	workflowId: string,
	count: number,
	status = 'success',
): Promise<void> {
	const query = `select count(*) from execution_entity where "workflowId" = '${workflowId}' and status = '${status}'`;
	const look = async () => Number(await postgres.sql(query)) >= count;
	await until(`${count} executions with ${status}`, look, 600_000);
}

/** Median time from the start to the end of an execution, in seconds. */
async function slotSeconds({ postgres }: TestCluster, workflowId: string): Promise<number> {
	const rows = await postgres.sql(
		`select extract(epoch from "stoppedAt" - "startedAt") from execution_entity where "workflowId" = '${workflowId}'`,
	);
	return median(rows.split('\n').map(Number));
}

async function databaseBytes({ postgres }: TestCluster): Promise<number> {
	return Number(await postgres.sql('select pg_database_size(current_database())'));
}

async function inParallel<T>(all: T[], work: (one: T) => Promise<unknown>): Promise<void> {
	const limit = pLimit(AT_ONCE);
	await Promise.all(all.map(async (one) => limit(async () => work(one))));
}

const figure = (what: string, least: number, measured: string, met: boolean): Figure => ({
	what,
	goal: least === 0 ? '0' : `≥ ${least.toFixed(2)} (100,000 a day)`,
	measured,
	met,
});

/** A figure without a goal. */
const observed = (what: string, measured: string): Figure => ({
	what,
	goal: '—',
	measured,
	met: true,
});
