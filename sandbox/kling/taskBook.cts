import { type TaskKind, kinds } from './kinds/index.cjs';
import type { Body, Surroundings } from './kinds/kind.cjs';
import type { Verdict } from './media/judge.cjs';
import { type Life, beginTask } from './newTask.cjs';
import type { ResolvedOptions } from './options.cjs';
import { type Workshop, produce } from './products.cjs';
import type { SeededRandom } from './random.cjs';
import type { NewTask, SandboxTask, SandboxVoice, TaskStatus } from './task.cjs';
import { TaskIndex } from './taskIndex.cjs';

interface TaskBookDeps extends Omit<Workshop, 'faces'> {
	options: ResolvedOptions;
	random: SeededRandom;
	/** Undefined when there is no file to look at. */
	judge: (kind: TaskKind, body: Body) => (() => Promise<Verdict>) | undefined;
	announce: (task: SandboxTask) => void;
	world: Surroundings;
}

/**
 * Tasks and the voices they made. A task moves when it is looked at and by a timer besides, so
 * its times are exact even when the event loop is busy, and callbacks leave without being asked for.
 */
export class TaskBook {
	private readonly index: TaskIndex;
	private readonly byVoiceId = new Map<string, SandboxVoice>();
	private readonly lives = new Map<SandboxTask, Life>();

	constructor(private readonly deps: TaskBookDeps) {
		this.index = new TaskIndex(deps.options);
	}

	/** Every task ever made, in order, as it is now: one whose time came a moment ago may still wait for its timer. */
	get all(): SandboxTask[] {
		this.countLiving();
		return this.index.made;
	}

	/** What all finished tasks have cost, in units. */
	charged = 0;

	create(wanted: NewTask, failsWith?: string): SandboxTask {
		const { submittedMs, processingMs } = this.deps.options;
		const { task, life } = this.begin(wanted, failsWith);
		life.judge = this.deps.judge(task.kind, wanted.body ?? task.body);
		life.verdict = life.judge ? undefined : {};
		life.processingAt += submittedMs;
		life.endsAt += submittedMs + processingMs;
		this.deps.announce(task);
		this.arm(task, life, submittedMs);
		return task;
	}

	/** Makes a task that has ended when it is answered. */
	createEnded(wanted: NewTask, verdict: Verdict, failsWith?: string): SandboxTask {
		const { task, life } = this.begin(wanted, failsWith);
		life.verdict = verdict;
		this.end(task, life, task.created_at, failsWith ?? null);
		return task;
	}

	/** How many tasks have not ended, as far as anybody has looked; a task of several pictures counts as many. */
	living = 0;

	/** The same, looked at now. */
	countLiving(): number {
		for (const task of this.lives.keys()) this.advance(task);
		return this.living;
	}

	/** Whether the account that the next create goes to has this id already. */
	hasExternalId(id: string): boolean {
		return this.index.hasExternalId(id);
	}

	/** @param kind without it, a task of any kind */
	find(id: string, byExternalIdToo: boolean, kind?: TaskKind): SandboxTask | undefined {
		const task = this.index.find(id, byExternalIdToo);
		if (!task || (kind !== undefined && task.kind !== kind)) return undefined;
		this.advance(task);
		return task;
	}

	count(kind: TaskKind): number {
		return this.index.count(kind);
	}

	/** Newest first. */
	page(kind: TaskKind, pageNum: number, pageSize: number): SandboxTask[] {
		const rows = this.index.page(kind, pageNum, pageSize);
		for (const task of rows) this.advance(task);
		return rows;
	}

	voice(id: string): SandboxVoice | undefined {
		return this.byVoiceId.get(id);
	}

	/** Ends a task now. Throws when there is no such task or it has ended already. */
	finish(taskId: string, as: 'succeed' | 'failed' = 'succeed', message?: string): void {
		const task = this.find(taskId, true);
		if (!task) throw new Error(`no task ${taskId}`);
		const life = this.lives.get(task);
		if (!life) throw new Error(`task ${taskId} has ended: ${task.task_status}`);
		this.end(task, life, Date.now(), as === 'succeed' ? null : (message ?? 'Task failed'));
	}

	/** Lets the time pass that living tasks still need: each reaches the end that it would have reached. */
	hurry(): void {
		const now = Date.now();
		for (const [task, life] of this.lives) {
			life.processingAt = Math.min(life.processingAt, now);
			life.endsAt = now;
			this.advance(task);
		}
	}

	/** Stops all timers; no task moves any more. */
	stop(): void {
		for (const life of this.lives.values()) clearTimeout(life.timer);
		this.lives.clear();
		this.living = 0;
	}

	private begin(wanted: NewTask, failsWith?: string): { task: SandboxTask; life: Life } {
		const { task, life } = beginTask(wanted, this.deps, failsWith);
		this.index.add(task);
		this.lives.set(task, life);
		this.living += life.slots;
		return { task, life };
	}

	advance(task: SandboxTask): void {
		const life = this.lives.get(task);
		if (!life) return;
		const now = Date.now();
		if (task.task_status === 'submitted' && now >= life.processingAt) {
			this.change(task, 'processing', life.processingAt);
			this.judge(task, life);
		}
		if (task.task_status !== 'processing' || now < life.endsAt || life.verdict === undefined)
			return;
		this.end(task, life, life.endsAt, life.failsWith ?? life.verdict.refusal ?? null);
	}

	private judge(task: SandboxTask, life: Life): void {
		void life.judge?.().then((verdict) => {
			life.verdict = verdict;
			// A file that took long to fetch makes the task end late.
			life.endsAt = Math.max(life.endsAt, Date.now());
			this.advance(task);
		});
	}

	private end(task: SandboxTask, life: Life, at: number, reason: string | null): void {
		clearTimeout(life.timer);
		this.lives.delete(task);
		this.living -= life.slots;
		if (reason === null) this.succeed(task, life);
		else task.task_status_msg = reason;
		this.change(task, reason === null ? 'succeed' : 'failed', at);
	}

	private succeed(task: SandboxTask, { resultId, seconds, verdict }: Life): void {
		const { shelf, origin, options, world } = this.deps;
		const judged = verdict?.refusal === undefined ? verdict?.seconds : undefined;
		const length = judged ?? seconds;
		produce(task, resultId, length, { shelf, origin, faces: options.faces });
		for (const voice of task.voices) this.byVoiceId.set(voice.voice_id, voice);
		task.units = kinds[task.kind].price({ body: task.body, world }, length);
		this.charged += task.units;
	}

	private change(task: SandboxTask, status: TaskStatus, at: number): void {
		task.task_status = status;
		task.updated_at = at;
		this.deps.announce(task);
	}

	private arm(task: SandboxTask, life: Life, delay: number): void {
		life.timer = setTimeout(() => {
			this.advance(task);
			if (!this.lives.has(task)) return;
			const next = task.task_status === 'submitted' ? life.processingAt : life.endsAt;
			const remaining = next - Date.now();
			// At its end and without a verdict, the clip's judgement moves the task on, not the clock.
			if (life.verdict === undefined && remaining <= 0 && task.task_status === 'processing') return;
			this.arm(task, life, Math.max(1, remaining));
		}, delay);
	}
}
