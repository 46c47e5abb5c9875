import type { IDataObject } from 'n8n-workflow';

import { isRecord, rowsOf, unwrap, type Payload } from '../../../nodes/Kling/api/envelope';
import { readJson } from '../../../nodes/Kling/api/losslessJson';
import type { Problem } from '../../../nodes/Kling/api/reply';
import { errorJson, nodeErrorFrom, withSavedTasks } from '../../../nodes/Kling/operation/nodeError';
import { simplified } from '../../../nodes/Kling/operation/output';
import { mayAnswer, TASK_KINDS, type TaskKind } from '../../../nodes/Kling/tasks/kinds';
import { isAnswerTo, readTask, type Task } from '../../../nodes/Kling/tasks/task';
import { taskFailed } from '../../../nodes/Kling/tasks/wait';
import { advance, readCursor } from '../../../nodes/Kling/trigger/cursor';
import { eventJson } from '../../../nodes/Kling/trigger/event';
import { readClaim } from '../../../nodes/Kling/trigger/payload';
import { kling } from '../contexts.cjs';
import { readerCases, type ReaderCase } from './cases.cjs';

export const READER_LIMITS = { blockedMs: 100, characters: 2_000 };

export interface ReaderOrdeal {
	cases: number;
	/** What went wrong, with the case. */
	faults: string[];
	slowestMs: number;
}

const TYPES = Object.keys(TASK_KINDS);
const CONTEXT = { getNode: () => kling };
const NOW = Date.now();

/** Gives cases to every reader of foreign input. Each has 100 ms for itself: n8n may do other things in between. */
export function ordealOfReaders(count: number, seed: number): ReaderOrdeal {
	const result: ReaderOrdeal = { cases: 0, faults: [], slowestMs: 0 };
	for (const one of readerCases(count, seed)) {
		result.cases += 1;
		const note = (fault: string) => result.faults.push(`${fault}: ${one.text.slice(0, 300)}`);
		for (const [name, read] of Object.entries(READERS)) {
			const ms = timeOf(name, (to) => read(one, to), note);
			result.slowestMs = Math.max(result.slowestMs, ms);
		}
	}
	return result;
}

/** In time of the processor, as others share it. A slow reader has two more chances: the garbage collector takes its own. */
function timeOf(name: string, read: (note: Note) => void, note: Note): number {
	const times: number[] = [];
	do {
		const started = process.cpuUsage();
		try {
			read(times.length === 0 ? note : () => undefined);
		} catch (error) {
			note(`${name} threw ${String(error)}`);
		}
		const { user, system } = process.cpuUsage(started);
		times.push((user + system) / 1000);
	} while (times.length < 3 && Math.min(...times) > READER_LIMITS.blockedMs);
	const ms = Math.min(...times);
	if (ms > READER_LIMITS.blockedMs) note(`${name} blocked for ${ms.toFixed(0)} ms`);
	return ms;
}

type Note = (fault: string) => void;

const READERS: Record<string, (one: ReaderCase, note: Note) => void> = {
	envelope({ httpStatus, text }, note) {
		const reply = unwrap({ httpStatus, text });
		if (!reply.ok) checkProblem(reply.problem, note);
	},
	callback({ text, isHopeless }, note) {
		const body = readJson(text);
		const claim = isRecord(body) ? readClaim(body, TYPES) : undefined;
		if (claim && isHopeless && claim.status === 'succeed') note('false success of a callback');
		for (const [type, task] of claim?.tasks ?? []) {
			eventJson({ task, type, via: 'callback', verified: false }, true);
		}
		readCursor(body, NOW);
	},
	...Object.fromEntries(
		Object.values(TASK_KINDS).map((kind) => [
			kind.path,
			({ httpStatus, text, isHopeless }: ReaderCase, note: Note) => {
				const reply = unwrap({ httpStatus, text });
				if (reply.ok) readAnswer(reply.value, kind, isHopeless, note);
			},
		]),
	),
};

function readAnswer(payload: Payload, kind: TaskKind, isHopeless: boolean, note: Note): void {
	const task = readTask(payload, kind);
	isAnswerTo('1', 'order-1', task);
	mayAnswer(kind as Parameters<typeof mayAnswer>[0], task, 'Narrator A');
	const json = simplified(task, kind);
	if (isHopeless && task.status === 'succeed') note('false success');
	checkItem(json, task, note);
	if (task.status === 'failed') checkProblem(taskFailed(TASK_KINDS.customVoice, task), note);
	const tasks = rowsOf(payload, kind.resultKey).map((row) => readTask(row, kind));
	const known = tasks.filter((one): one is Task & { taskId: string } => one.taskId !== undefined);
	const { next } = advance(readCursor({ lookBackTo: 1 }, NOW), known, NOW, () => false);
	if (!(next.lookBackTo <= NOW)) note('a position ahead of now');
}

function checkItem(json: IDataObject, { taskId, externalTaskId }: Task, note: Note): void {
	for (const id of [taskId, externalTaskId]) {
		if (id !== undefined) encodeURIComponent(id);
	}
	for (const [key, value] of Object.entries(json)) {
		if (typeof value === 'object') note(`an object as ${key}`);
	}
	const said = json.task_status_msg;
	if (typeof said === 'string' && (said.length > 500 || said.includes('<'))) note('a raw reason');
}

/** As it leaves the node: thrown, beside the ids of other items, and as an item. */
function checkProblem(problem: Problem, note: Note): void {
	const others = [{ json: { task_id: '1'.repeat(128) } }];
	const error = withSavedTasks(nodeErrorFrom(CONTEXT, problem, 0), others);
	const item = JSON.stringify(errorJson(error, problem));
	const texts = [
		error.message,
		error.description ?? '',
		problem.code ?? '',
		problem.requestId ?? '',
	];
	if (texts.some((text) => text.length > READER_LIMITS.characters)) note('an error too long');
	if (texts.some((text) => text.includes('<'))) note('markup in an error');
	if (/eyJa{20}/.test(texts.join(' ') + item)) note('a token in an error');
	if (error.message.trim() === '') note('an empty error');
}
