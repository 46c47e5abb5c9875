import type { TaskKind } from './kinds/index.cjs';
import type { SandboxTask } from './task.cjs';

/** All tasks, by their ids and ages, spread over the accounts that a gateway has behind it. */
export class TaskIndex {
	/** In the order in which they were made. */
	readonly made: SandboxTask[] = [];
	private readonly byId = new Map<string, SandboxTask>();
	/** By account; the id is unique in each of them. */
	private readonly byExternalId = new Map<string, SandboxTask>();
	private readonly accounts = new WeakMap<SandboxTask, number>();
	/** Oldest first. */
	private readonly byAge = new Map<TaskKind, SandboxTask[]>();

	constructor(private readonly options: { accounts: number }) {}

	add(task: SandboxTask): void {
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

	/** Whether the account that the next create goes to has this id already. */
	hasExternalId(id: string): boolean {
		return this.byExternalId.has(`${this.nextAccount} ${id}`);
	}

	find(id: string, byExternalIdToo: boolean): SandboxTask | undefined {
		const external = byExternalIdToo
			? this.byExternalId.get(`${this.lastAccount} ${id}`)
			: undefined;
		return this.byId.get(id) ?? external;
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
		return end <= 0 ? [] : all.slice(Math.max(0, end - pageSize), end).reverse();
	}

	/** Creates take turns. */
	private get nextAccount(): number {
		return this.made.length % this.options.accounts;
	}

	/** Answers whatever does not name a task by its own id. */
	private get lastAccount(): number {
		return this.options.accounts - 1;
	}
}
