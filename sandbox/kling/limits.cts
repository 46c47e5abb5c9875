import { type RawResponse, klingError, namedErrors } from './errors.cjs';
import type { ResolvedOptions } from './options.cjs';

/** Holds back who is too fast (1302) or has too much under way (1303). */
export class Limits {
	maxSeenInFlight = 0;
	private tokens = 0;
	private filledAt = -Infinity;
	private creating = 0;

	constructor(
		private readonly options: ResolvedOptions,
		private readonly countTasks: () => number,
	) {}

	tooFast(): RawResponse | undefined {
		const rate = this.options.ratePerSecond;
		if (rate === undefined) return undefined;
		const depth = Math.max(1, rate);
		const now = performance.now();
		this.tokens = Math.min(depth, this.tokens + ((now - this.filledAt) / 1000) * rate);
		this.filledAt = now;
		if (this.tokens < 1) return this.hidden(klingError(1302));
		this.tokens -= 1;
		return undefined;
	}

	/**
	 * Counts a create call in, or refuses it. Each one that got a slot must release it.
	 * @param wanted how many slots its task will hold
	 */
	acquireSlot(wanted = 1): RawResponse | undefined {
		const { maxInFlight } = this.options;
		if (maxInFlight !== undefined && this.occupied() + wanted > maxInFlight) {
			return this.hidden(klingError(1303));
		}
		this.creating += 1;
		return undefined;
	}

	releaseSlot(): void {
		this.creating -= 1;
	}

	/** To be called when a slot may have been taken. */
	recordPeak(living: number): void {
		const occupied = this.options.slotHeldBy === 'request' ? this.creating : living;
		this.maxSeenInFlight = Math.max(this.maxSeenInFlight, occupied);
	}

	private occupied(): number {
		return this.options.slotHeldBy === 'request' ? this.creating : this.countTasks();
	}

	private hidden(answer: RawResponse): RawResponse {
		return this.options.hide429 ? namedErrors.saturated : answer;
	}
}
