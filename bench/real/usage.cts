import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import pidusage from 'pidusage';

const MB = 1024 * 1024;
const SAMPLE_MS = 200;
const GC_ROUNDS = 3;
const GC_MS = 700;
const STEADY_MB = 1;

/** Environment for an n8n whose memory is to be looked at with `settle`. */
export const OBSERVED = {
	NODE_OPTIONS: `--expose-gc --require ${JSON.stringify(join(__dirname, 'gcOnSignal.cjs'))}`,
};

export interface Usage {
	cpuSeconds: number;
	/** The most resident memory, in MB, above that at the start. */
	peakMb: number;
}

/**
 * Lets n8n collect its garbage, again and again until its memory hardly shrinks any more, as V8 gives it back in steps.
 * @returns resident memory in MB
 */
export async function settle(pid: number, most = GC_ROUNDS): Promise<number> {
	let before = Infinity;
	let now = (await pidusage(pid)).memory / MB;
	for (let round = 0; round < most && before - now > STEADY_MB; round += 1) {
		process.kill(pid, 'SIGUSR2');
		await sleep(GC_MS);
		before = now;
		now = (await pidusage(pid)).memory / MB;
	}
	return now;
}

/** What a process uses while `work` goes on. */
export async function watched<T>(
	pid: number,
	work: () => Promise<T>,
): Promise<Usage & { result: T }> {
	const first = await pidusage(pid);
	let peak = first.memory;
	const over = new AbortController();
	const sampling = (async () => {
		while (!over.signal.aborted) {
			await sleep(SAMPLE_MS);
			peak = Math.max(peak, (await pidusage(pid)).memory);
		}
	})();
	try {
		const result = await work();
		const last = await pidusage(pid);
		return {
			result,
			cpuSeconds: (last.ctime - first.ctime) / 1000,
			peakMb: (Math.max(peak, last.memory) - first.memory) / MB,
		};
	} finally {
		over.abort();
		await sampling;
	}
}
