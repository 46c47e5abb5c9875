import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import pidusage from 'pidusage';

import type { N8nProcess } from '../../sandbox/n8n/process/instance.cjs';
import { until } from '../../sandbox/n8n/client/rest.cjs';

const MB = 1024 * 1024;
const SAMPLE_MS = 200;
const GC_ROUNDS = 3;
const GC_MS = 500;
const STEADY_MB = 1;
const SAID = /Memory after garbage collection: (\{.*?\})/;

/** Environment for an n8n whose memory is to be looked at with `settle`. */
export const OBSERVED = {
	NODE_OPTIONS: `--expose-gc --require ${JSON.stringify(join(__dirname, 'gcOnSignal.cjs'))}`,
};

export interface Usage {
	cpuSeconds: number;
	/** The most resident memory, in MB, above that at the start. */
	peakMb: number;
}

/** What n8n has in memory after a garbage collection, in MB. */
export interface MemoryUse {
	/** What the operating system counts, expression engines and free room of V8 included. */
	resident: number;
	/** Objects in use. */
	heap: number;
}

/**
 * Lets n8n collect its garbage, again and again until its memory hardly shrinks any more, as V8 gives it back in steps.
 * @param n8n started with `OBSERVED`
 */
export async function settle(n8n: N8nProcess, most = GC_ROUNDS): Promise<MemoryUse> {
	let before = Infinity;
	let now = await collected(n8n);
	for (let round = 1; round < most && before - now.resident > STEADY_MB; round += 1) {
		await sleep(GC_MS);
		before = now.resident;
		now = await collected(n8n);
	}
	return now;
}

/** `gcOnSignal.cjs` says it in n8n's log. */
async function collected(n8n: N8nProcess): Promise<MemoryUse> {
	const from = n8n.log().length;
	process.kill(n8n.pid, 'SIGUSR2');
	const said = await until('the garbage collection', () => SAID.exec(n8n.log().slice(from))?.[1]);
	const { rss, heapUsed } = JSON.parse(said) as Record<'rss' | 'heapUsed', number>;
	return { resident: rss / MB, heap: heapUsed / MB };
}

/** What a process uses during `work`. */
export async function watchUsage<T>(
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
