import { isKlingCode } from './errors';
import type { Problem } from './reply';

/** A gateway's bare 429 may hide a permanent cause such as an empty balance, so patience is short. */
const BARE_429_ATTEMPTS = 4;

/** How often one request was refused for too many at once. */
export class Refusals {
	count = 0;

	private firstAtMs = 0;

	add(): void {
		this.count += 1;
		if (this.count === 1) this.firstAtMs = Date.now();
	}

	/**
	 * Whether the next attempt would be refused as well: the cause is hidden, or nothing gets through for too long.
	 * @param lastProgressAtMs when the server last let any request through, milliseconds since the epoch
	 */
	areHopeless(
		{ code, retryAfterMs = 0 }: Problem,
		lastProgressAtMs: number,
		patienceMs: number,
	): boolean {
		const isCauseHidden = code === undefined || !isKlingCode(code);
		const stalledMs = Date.now() - Math.max(this.firstAtMs, lastProgressAtMs);
		return (
			(isCauseHidden && this.count >= BARE_429_ATTEMPTS) || stalledMs + retryAfterMs > patienceMs
		);
	}
}
