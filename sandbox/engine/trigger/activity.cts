import type { IRun } from 'n8n-workflow';

import type { ExecutionWatch } from '../instance/execution.cjs';

/** Knows what is under way, so that a test can wait for its end. */
export class Activity {
	/** Ended executions, in the order of their end. */
	readonly ended: IRun[] = [];
	private readonly underWay = new Set<unknown>();
	private waiting: (() => void)[] = [];

	readonly watch: ExecutionWatch = {
		runs: (execution) => void this.underWay.add(execution),
		stops: (execution, run) => {
			if (run.status !== 'waiting') this.ended.push(run);
			this.leave(execution);
		},
	};

	async during<T>(work: () => Promise<T>): Promise<T> {
		this.underWay.add(work);
		try {
			return await work();
		} finally {
			this.leave(work);
		}
	}

	async idle(): Promise<void> {
		if (this.underWay.size === 0) return;
		await new Promise<void>((resolve) => this.waiting.push(resolve));
	}

	private leave(what: unknown): void {
		this.underWay.delete(what);
		if (this.underWay.size > 0) return;
		for (const resolve of this.waiting.splice(0)) resolve();
	}
}
