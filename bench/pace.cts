import { outputOf, startWorkflow } from '../sandbox/engine/index.cjs';
import { credentialsFor } from '../sandbox/kling/connection.cjs';
import { startSandbox } from '../sandbox/kling/server.cjs';
import { median, type Figure, type Measurement } from './figure.cjs';
import { createWorkflow, itemsFor, VIDEOS, VOICES, type Product } from './workflows.cjs';

const CREATES = 200;
const ALLOWED = 5;
const EACH_MS = 500;
const IDEAL_MS = (CREATES / ALLOWED) * EACH_MS;
const RUNS = 3;

/** How close to the ideal the node comes when the server allows fewer creates than the node would make. */
export const pace: Measurement = async (say) => [
	...(await paceOf(VOICES, 5, say)),
	...(await paceOf(VOICES, 50, say)),
	...(await paceOf(VIDEOS, 50, say)),
];

async function paceOf(
	product: Product,
	maxConcurrency: number,
	say: (progress: string) => void,
): Promise<Figure[]> {
	const ratios: number[] = [];
	let failed = 0;
	for (let run = 1; run <= RUNS; run += 1) {
		const { ms, failures } = await once(product, maxConcurrency);
		ratios.push(ms / IDEAL_MS);
		failed += failures;
		say(
			`${String(CREATES)} ${product.name}s, Max Concurrency ${String(maxConcurrency)}, run ${String(run)}: ${(ms / 1000).toFixed(2)} s`,
		);
	}
	const ratio = median(ratios);
	return [
		{
			what: `200 ${product.name}s, creates of 500 ms each, at most 5 at a time allowed; Max Concurrency ${String(maxConcurrency)} (median of ${String(RUNS)})`,
			goal: '≤ 1.10 × ideal 20 s, 0 failed',
			measured: `${ratio.toFixed(3)} × ideal, ${String(failed)} failed`,
			met: ratio <= 1.1 && failed === 0,
		},
	];
}

async function once(
	product: Product,
	maxConcurrency: number,
): Promise<{ ms: number; failures: number }> {
	const sandbox = await startSandbox({
		fetchClips: false,
		createMs: EACH_MS,
		maxInFlight: ALLOWED,
		slotHeldBy: 'request',
	});
	const started = performance.now();
	const run = await startWorkflow(createWorkflow({ waitFor: 'none', maxConcurrency }, product), {
		credentials: credentialsFor(sandbox),
		pinData: { Items: itemsFor(sandbox, CREATES) },
	}).finished;
	const ms = performance.now() - started;
	const failures = CREATES - outputOf(run, 'Kling').length;
	await sandbox.close();
	return { ms, failures };
}
