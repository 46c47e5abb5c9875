import { setTimeout as sleep } from 'node:timers/promises';
import type { Ready } from '../../sandbox/n8n/ready.cjs';

type Json = Record<string, unknown>;

/** An execution as its user sees it: the row in the list, and what is there after opening it. */
export interface Seen {
	id: string;
	status: string;
	/** `undefined` when it did not fail. */
	message?: string;
	description?: string;
	/** What the node gave at its last run, on all its outputs. */
	items: Json[];
}

interface NodeRun {
	data?: { main?: ({ json: Json }[] | null)[] };
	error?: { message: string; description?: string };
}

/** Repeats a look until it gives something, and throws with the last reason when it never does. */
export async function until<T>(
	what: string,
	ms: number,
	look: () => Promise<T | undefined> | T | undefined,
): Promise<T> {
	const end = Date.now() + ms;
	let trouble = '';
	do {
		try {
			const found = await look();
			if (found !== undefined) return found;
		} catch (error) {
			trouble = `; the last look failed: ${String(error)}`;
		}
		await sleep(100);
	} while (Date.now() < end);
	throw new Error(`not within ${ms / 1000} s: ${what}${trouble}`);
}

/** @returns newest first */
export async function listed({ rest }: Ready, workflowId: string) {
	const rows = await rest.executions({ workflowId, limit: 100 });
	return rows.map(({ id, status }) => ({ id: String(id), status: String(status) }));
}

/** @param node whose items are shown */
export async function opened({ rest }: Ready, id: string, node = 'Kling'): Promise<Seen> {
	const { status, data } = await rest.execution(id);
	const { error, runData = {} } = data.resultData as {
		error?: NodeRun['error'];
		runData?: Record<string, NodeRun[]>;
	};
	const last = runData[node]?.at(-1);
	const items = (last?.data?.main ?? []).flatMap((rows) => rows ?? []).map(({ json }) => json);
	const { message, description } = error ?? {};
	return { id, status: String(status), message, description, items };
}

const OVER = new Set(['success', 'error', 'crashed', 'canceled']);

/** Waits until a workflow has had so many executions and all of them are over; gives them newest first. */
export async function ended(ready: Ready, workflowId: string, count = 1, ms = 60_000) {
	const rows = await until(`${count} executions are over`, ms, async () => {
		const all = await listed(ready, workflowId);
		return all.length >= count && all.every(({ status }) => OVER.has(status)) ? all : undefined;
	});
	return await Promise.all(rows.map(async ({ id }) => await opened(ready, id)));
}

/** The one execution of a workflow, once it is over. */
export async function outcome(ready: Ready, workflowId: string, ms?: number): Promise<Seen> {
	const [only, ...others] = await ended(ready, workflowId, 1, ms);
	if (!only || others.length > 0) throw new Error(`${others.length + 1} executions instead of one`);
	return only;
}

/** Waits until so many executions of a workflow have a status. */
export async function have(
	ready: Ready,
	workflowId: string,
	status: string,
	count = 1,
	ms = 60_000,
): Promise<void> {
	await until(`${count} executions are ${status}`, ms, async () => {
		const all = await listed(ready, workflowId);
		return all.filter((row) => row.status === status).length >= count || undefined;
	});
}
