import pLimit, { type LimitFunction } from 'p-limit';

/**
 * How many requests of one kind are in flight. Starts at the user's limit, shrinks to what the account
 * turns out to bear (1302, 1303), and grows back by one for each full round of good answers.
 */
export class Limiter {
	private readonly limit: LimitFunction;

	/** Good answers since the last change; a full round of them earns one more request in flight. */
	private goodAnswers = 0;

	/** Places that became free at the server: a good answer or a finished task. */
	freedPlaces = 0;

	/** When the server last let something through (ms since the epoch); a stall is measured from here. */
	lastProgressAt = 0;

	constructor(private readonly most: number) {
		this.limit = pLimit(most);
	}

	/** Runs `job` when there is room. */
	async run<T>(job: () => Promise<T>): Promise<T> {
		return await this.limit(job);
	}

	get current(): number {
		return this.limit.concurrency;
	}

	succeeded(): void {
		this.freedPlace();
		this.goodAnswers += 1;
		if (this.goodAnswers < this.current || this.current >= this.most) return;
		this.goodAnswers = 0;
		this.limit.concurrency = this.current + 1;
	}

	/** A finished task leaves its place at Kling to another one. */
	freedPlace(): void {
		this.freedPlaces += 1;
		this.lastProgressAt = Date.now();
	}

	/**
	 * The server bears one fewer than are just in flight, the refused one included.
	 * @returns whether the refused request was the only one, so that only time can help
	 */
	refused(): boolean {
		const others = Math.min(this.current, this.limit.activeCount) - 1;
		this.goodAnswers = 0;
		this.limit.concurrency = Math.max(1, others);
		return others < 1;
	}
}
