import type { ResolvedOptions } from './options.cjs';
import type { SeededRandom } from './random.cjs';
import type { NewTask, SandboxTask, SandboxVoice, TaskKind, TaskStatus } from './task.cjs';

/** What a living task still needs; gone once the task has ended. */
interface Life {
	processingAt: number;
	endsAt: number;
	timer?: NodeJS.Timeout;
	/** Undefined until the clip is judged; then null (good) or the reason for failing. */
	verdict: string | null | undefined;
	failsWith?: string;
	/** Drawn with the task's own id: the order in which tasks end must not change a seed's ids. */
	resultId: string;
}

interface TaskBookDeps {
	options: ResolvedOptions;
	random: SeededRandom;
	/** Resolves to null when Kling would take the clip, else to what is wrong with it. */
	judge: (url: string) => Promise<string | null>;
	announce: (task: SandboxTask) => void;
}

/**
 * Tasks and the voices they made. A task moves when it is looked at and by a timer besides, so
 * its times are exact even when the event loop is busy, and callbacks leave without being asked for.
 */
export class TaskBook {
	private readonly made: SandboxTask[] = [];
	private readonly byId = new Map<string, SandboxTask>();
	/** By account; the id is unique in each of them. */
	private readonly byExternalId = new Map<string, SandboxTask>();
	private readonly accounts = new WeakMap<SandboxTask, number>();
	/** Oldest first. */
	private readonly byAge = new Map<TaskKind, SandboxTask[]>();
	private readonly byVoiceId = new Map<string, SandboxVoice>();
	private readonly lives = new Map<SandboxTask, Life>();

	constructor(private readonly deps: TaskBookDeps) {}

	/** Every task ever made, in order, as it is now: one whose time came a moment ago may still wait for its timer. */
	get all(): SandboxTask[] {
		this.countLiving();
		return this.made;
	}

	create(wanted: NewTask, failsWith?: string): SandboxTask {
		const { submittedMs, processingMs, fetchClips } = this.deps.options;
		const now = Date.now();
		const task: SandboxTask = {
			task_id: this.deps.random.id(7),
			kind: 'customVoice',
			created_at: now,
			...wanted,
			task_status: 'submitted',
			updated_at: wanted.created_at ?? now,
			voices: [],
			videos: [],
		};
		const life: Life = {
			processingAt: now + submittedMs,
			endsAt: now + submittedMs + processingMs,
			resultId: this.deps.random.id(8),
			verdict: fetchClips && task.voice_url !== undefined ? undefined : null,
			...(failsWith === undefined ? {} : { failsWith }),
		};
		this.shelve(task);
		this.lives.set(task, life);
		this.deps.announce(task);
		this.arm(task, life, submittedMs);
		return task;
	}

	/** How many tasks have not ended, as far as anybody has looked. */
	get living(): number {
		return this.lives.size;
	}

	/** The same, looked at now. */
	countLiving(): number {
		for (const task of this.lives.keys()) this.advance(task);
		return this.lives.size;
	}

	/** Whether the account that the next create goes to has this id already. */
	hasExternalId(id: string): boolean {
		return this.byExternalId.has(`${this.nextAccount} ${id}`);
	}

	/** @param kind without it, a task of any kind */
	find(id: string, byExternalIdToo: boolean, kind?: TaskKind): SandboxTask | undefined {
		const task =
			this.byId.get(id) ??
			(byExternalIdToo ? this.byExternalId.get(`${this.lastAccount} ${id}`) : undefined);
		if (!task || (kind !== undefined && task.kind !== kind)) return undefined;
		this.advance(task);
		return task;
	}

	count(kind: TaskKind): number {
		return this.byAge.get(kind)?.length ?? 0;
	}

	/** Newest first. */
	page(kind: TaskKind, pageNum: number, pageSize: number): SandboxTask[] {
		const ofKind = this.byAge.get(kind) ?? [];
		const isOne = this.lastAccount === 0;
		const all = isOne
			? ofKind
			: ofKind.filter((task) => this.accounts.get(task) === this.lastAccount);
		const end = all.length - (pageNum - 1) * pageSize;
		const rows = end <= 0 ? [] : all.slice(Math.max(0, end - pageSize), end).reverse();
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
		this.end(task, life, life.endsAt, life.failsWith ?? life.verdict);
	}

	/** Creates take turns. */
	private get nextAccount(): number {
		return this.made.length % this.deps.options.accounts;
	}

	/** Answers whatever does not name a task by its own id. */
	private get lastAccount(): number {
		return this.deps.options.accounts - 1;
	}

	private shelve(task: SandboxTask): void {
		const account = this.nextAccount;
		this.accounts.set(task, account);
		this.made.push(task);
		this.byId.set(task.task_id, task);
		if (task.external_task_id !== undefined) {
			this.byExternalId.set(`${account} ${task.external_task_id}`, task);
		}
		const tasks = this.byAge.get(task.kind) ?? [];
		this.byAge.set(task.kind, tasks);
		// Nearly always the newest; a test may make old ones.
		const before = tasks.findLastIndex(({ created_at }) => created_at <= task.created_at);
		tasks.splice(before + 1, 0, task);
	}

	private judge(task: SandboxTask, life: Life): void {
		if (life.verdict !== undefined || task.voice_url === undefined) return;
		void this.deps.judge(task.voice_url).then((verdict) => {
			life.verdict = verdict;
			// A clip that took long to fetch makes the task end late.
			life.endsAt = Math.max(life.endsAt, Date.now());
			this.advance(task);
		});
	}

	private end(task: SandboxTask, life: Life, at: number, reason: string | null): void {
		clearTimeout(life.timer);
		this.lives.delete(task);
		const { resultId } = life;
		if (reason === null && task.kind === 'customVoice') {
			const voice = { voice_id: resultId, voice_name: task.voice_name, deleted: false };
			task.voices.push(voice);
			this.byVoiceId.set(resultId, voice);
		} else if (reason === null) {
			task.videos.push({ id: resultId, duration: '5.1' });
		} else {
			task.task_status_msg = reason;
		}
		this.change(task, reason === null ? 'succeed' : 'failed', at);
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
