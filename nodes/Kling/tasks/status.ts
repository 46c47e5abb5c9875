import type { IDataObject } from 'n8n-workflow';

import { idText } from '../api/foreign';

export type TaskStatus = 'submitted' | 'processing' | 'succeed' | 'failed' | 'unknown';

/** What the layers of an answer say together about one task. */
export interface Standing {
	status: TaskStatus;
	/** A gateway gave up by its own rules; Kling may still finish, and charge. */
	endedBy?: 'gateway';
}

/** Kling's own spelling first in each row, then those of gateways. Sources: Kling's voice page, New-API's task states. */
const SPELLINGS: Record<Exclude<TaskStatus, 'unknown'>, string[]> = {
	submitted: [
		...['submitted', 'queued', 'queueing', 'pending', 'waiting', 'created', 'not_start'],
		...['not_started', 'dispatched', '已提交', '排队中', '等待中', '待处理'],
	],
	processing: [
		...['processing', 'in_progress', 'running', 'generating'],
		...['处理中', '进行中', '生成中', '运行中', '执行中'],
	],
	succeed: [
		...['succeed', 'succeeded', 'success', 'successful', 'completed', 'complete', 'done'],
		...['finished', '成功', '已完成', '完成'],
	],
	failed: [
		'failed',
		'failure',
		'fail',
		'error',
		'rejected',
		'失败',
		'已失败',
		'生成失败',
		'已拒绝',
	],
};

/** How gateways call it when they stop waiting, or are told to. */
const GIVEN_UP = [
	...['timeout', 'timed_out', 'time_out', 'expired', 'aborted', 'abort', 'canceled', 'cancelled'],
	...['cancel', 'terminated', 'interrupted', '超时', '已超时', '已过期', '已取消', '已终止'],
];

const STANDINGS = new Map<string, Standing>([
	...Object.entries(SPELLINGS).flatMap(([status, spellings]) =>
		spellings.map((spelling) => [spelling, { status: status as TaskStatus }] as const),
	),
	...GIVEN_UP.map((spelling) => [spelling, { status: 'failed', endedBy: 'gateway' }] as const),
]);

const UNKNOWN: Standing = { status: 'unknown' };

/** @returns `unknown` for an undocumented spelling */
export function readStatus(spelling: unknown): TaskStatus {
	return standingOf(spelling).status;
}

/**
 * The innermost status wins: further out a gateway may speak of the call, or of what it has seen so far. Only its word
 * about the end of a task is taken although the task inside seems to be at work: a bad one, and a good one with a result.
 * @param found the layers of an answer, outermost first
 * @param isMade whether there is a result that has its id
 */
export function standingIn(found: IDataObject[], isMade: boolean): Standing {
	const known = found
		.map((layer) => ({ layer, standing: standingOf(layer.task_status ?? layer.status) }))
		.filter(({ standing }) => standing.status !== 'unknown');
	const inner = known.at(-1)?.standing ?? UNKNOWN;
	if (inner.status === 'succeed' || inner.status === 'failed') return inner;
	const ofTask = known
		.filter(({ layer }) => idText(layer.task_id ?? layer.id) !== undefined)
		.map(({ standing }) => standing.status);
	if (ofTask.includes('failed')) return { status: 'failed', endedBy: 'gateway' };
	const isDone = isMade && (ofTask.includes('succeed') || inner.status === 'unknown');
	return isDone ? { status: 'succeed' } : inner;
}

function standingOf(spelling: unknown): Standing {
	if (typeof spelling !== 'string' || spelling.length > 40) return UNKNOWN;
	const plain = spelling
		.trim()
		.toLowerCase()
		.replace(/[\s-]+/g, '_');
	return STANDINGS.get(plain) ?? UNKNOWN;
}
