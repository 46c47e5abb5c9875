import { startReady } from '../../sandbox/n8n/process/ready.cjs';
import {
	type Scale,
	forgedAtTrigger,
	grownMb,
	hugeAtPause,
	lay,
	memoryOf,
	slowAtTrigger,
	strangersAtPause,
} from '../../test/support/e2e/siege.cjs';
import type { Figure, Measurement } from '../figure.cjs';
import { OBSERVED } from './usage.cjs';

const SCALE: Scale = { seconds: 60, connections: 100, genuine: 20 };
const KEPT_MB = 50;
const GOAL = `n8n survives; afterwards it has at most ${String(KEPT_MB)} MB more memory`;

/** What strangers who know an address do to a real n8n, a minute of each. */
export const realHostile: Measurement = async (say) => {
	const ready = await startReady({ sandbox: { fetchClips: false }, env: OBSERVED });
	const figures: Figure[] = [];
	try {
		const siege = await lay(ready);
		const attacks: [what: string, attack: () => Promise<object>][] = [
			['11 calls of 12 MB at a paused execution', async () => await hugeAtPause(siege)],
			['forged callbacks at a paused execution', async () => await strangersAtPause(siege, SCALE)],
			['forged callbacks at a trigger with Both', async () => await forgedAtTrigger(siege, SCALE)],
			[
				'100 slow connections, behind the proxy',
				async () => await slowAtTrigger(siege, SCALE, true),
			],
			['100 slow connections, without it', async () => await slowAtTrigger(siege, SCALE, false)],
		];
		for (const [what, attack] of attacks) {
			say(what);
			const before = await memoryOf(siege);
			const facts = JSON.stringify(await attack());
			const grown = grownMb(before, await memoryOf(siege));
			figures.push({
				what: `real n8n, ${what}`,
				goal: GOAL,
				measured: `${grown.toFixed(0)} MB more; ${facts}`,
				met: grown < KEPT_MB,
			});
		}
	} finally {
		await ready.close();
	}
	return figures;
};
