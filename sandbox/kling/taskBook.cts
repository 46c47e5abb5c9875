import { type TaskKind, kinds } from './kinds/index.cjs';
import type { Body, Surroundings } from './kinds/kind.cjs';
import type { Verdict } from './media/judge.cjs';
import type { ResolvedOptions } from './options.cjs';
import { type Workshop, countOf, produce } from './products.cjs';
import type { SeededRandom } from './random.cjs';
import type { NewTask, SandboxTask, SandboxVoice, TaskStatus } from './task.cjs';

/** What a living task still needs; gone once the task has ended. */
interface Life {
	processingAt: number;
	endsAt: number;
	timer?: NodeJS.Timeout;
	/** Undefined until the files that it was made from are judged. */
	verdict: Verdict | undefined;
	judge?: () => Promise<Verdict>;
	failsWith?: string;
	/** Length of the result, unless a file decides it. */
	seconds: number;
	/** How many of the tasks that an account may have at once it stands for. */
	slots: number;
	/** Drawn with the task's own id: the order in which tasks end must not change a seed's ids. */
	resultId: string;
}

interface TaskBookDeps extends Omit<Workshop, 'faces'> {
	options: ResolvedOptions;
	random: SeededRandom;
	/** Undefined when there is no file to look at. */
	judge: (kind: TaskKind, body: Body) => (() => Promise<Verdict>) | undefined;
	announce: (task: SandboxTask) => void;
	world: Surroundings;
}

/** What a task remembers of its body: a file in Base64 would fill the memory. */
const LONGEST_TEXT = 10_000;

const withoutFiles = (body: Body): Body =>
	JSON.parse(
		JSON.stringify(body, (_key, value: unknown) =>
			typeof value === 'string' && value.length > LONGEST_TEXT
				? `${value.slice(0, 50)}… (${value.length} characters)`
				: value,
		),
	) as Body;

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
		this.living = 0;
	}

	private begin(wanted: NewTask, failsWith?: string): { task: SandboxTask; life: Life } {
		const now = Date.now();
		const { voice_url, video_id } = wanted;
		const body = wanted.body ?? { ...(voice_url === undefined ? {} : { voice_url }), video_id };
		const task: SandboxTask = {
			task_id: this.deps.random.id(7),
			kind: 'customVoice',
			created_at: now,
			...wanted,
			body: withoutFiles(body),
			task_status: 'submitted',
			updated_at: wanted.created_at ?? now,
			voices: [],
			videos: [],
			elements: [],
			files: [],
			units: 0,
		};
		const kind = kinds[task.kind];
		const life: Life = {
			processingAt: now,
			endsAt: now,
			resultId: this.deps.random.id(8),
			verdict: undefined,
			seconds: kind.seconds?.({ body, world: this.deps.world }) ?? 5.1,
			slots: kind.pack === 'image' ? countOf(task.body) : 1,
			...(failsWith === undefined ? {} : { failsWith }),
		};
		this.shelve(task);
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
