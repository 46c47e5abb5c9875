import { parseArgs } from 'node:util';

import { bigFile } from './bigFile.cjs';
import { bigVideo } from './bigVideo.cjs';
import { calls } from './calls.cjs';
import { clipCheck } from './clip.cjs';
import { encoders } from './encoders.cjs';
import { triggerEvents } from './events.cjs';
import type { Figure, Measurement } from './figure.cjs';
import { hostile } from './hostile.cjs';
import { hostileGateway } from './hostileGateway.cjs';
import { createdOnce, videosCreatedOnce } from './once.cjs';
import { killed } from './killed.cjs';
import { pace } from './pace.cjs';
import { picker } from './picker.cjs';
import { packageSize } from './package.cjs';
import { real } from './real.cjs';
import { realHostile } from './real/hostile.cjs';
import { realEvents } from './realEvents.cjs';
import { realLimits } from './realLimits.cjs';
import { scaling } from './scaling.cjs';
import { waiting, waitingForVideos } from './waiting.cjs';

const MEASUREMENTS: Record<string, Measurement> = {
	once: createdOnce,
	videosOnce: videosCreatedOnce,
	pace,
	calls,
	waiting,
	waitingForVideos,
	events: triggerEvents,
	hostile,
	bigFile,
	bigVideo,
	clip: clipCheck,
	encoders,
	gateway: hostileGateway,
	killed,
	package: packageSize,
	picker,
	real,
	realEvents,
	realHostile,
	realLimits,
	scaling,
};

/** `npm run bench` measures everything, `npm run bench -- pace calls` only what is named. */
async function main(): Promise<void> {
	const { positionals } = parseArgs({ allowPositionals: true });
	const unknown = positionals.filter((name) => !(name in MEASUREMENTS));
	if (unknown.length > 0) {
		throw new Error(
			`No such measurement: ${unknown.join(', ')}. There are ${Object.keys(MEASUREMENTS).join(', ')}.`,
		);
	}
	const figures: Figure[] = [];
	for (const [name, measure] of Object.entries(MEASUREMENTS)) {
		if (positionals.length > 0 && !positionals.includes(name)) continue;
		figures.push(
			...(await measure((progress) => {
				console.log(`${name}: ${progress}`);
			})),
		);
	}
	console.log('\n| what | goal | measured | met |\n|---|---|---|---|');
	for (const { what, goal, measured, met } of figures) {
		console.log(`| ${what} | ${goal} | ${measured} | ${met ? 'yes' : 'NO'} |`);
	}
}

main().catch((error: unknown) => {
	console.error(error instanceof Error ? error.message : error);
	process.exitCode = 1;
});
