import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

import { checkClip } from '../nodes/Kling/media/clip/checkClip';
import { convertClip } from '../nodes/Kling/media/clip/convertClip';
import { clipFile, pathOf } from '../test/support/clips/clips.cjs';
import { clipFuzz } from './clipFuzz.cjs';
import { median, type Figure, type Measurement } from './figure.cjs';

const RUNS = 25;
const LIMIT_MS = 150;
/** Of a look in a process that is warm. */
const LIMITS_MS: Record<string, number> = { wav: 5, mp3: 12, mp4: 5, mov: 5 };
const LIMIT_BYTES = 65_536;

/** Each of 30 s. */
const CLIPS = {
	wav: 'wav-30.0.wav',
	mp3: 'mp3-30.0.mp3',
	mp4: 'mp4-30.0.mp4',
	mov: 'mov-30.0.mov',
};

/** What the first check in a process costs: the built file, and code that is not yet warm. */
const FIRST_RUN = `
	const { createReadStream, statSync } = require('node:fs');
	const [path] = process.argv.slice(1);
	const started = process.hrtime.bigint();
	const ms = () => Number(process.hrtime.bigint() - started) / 1e6;
	const { checkClip } = require('./dist/nodes/Kling/clipTools.js');
	const loaded = ms();
	const open = async (highWaterMark) => createReadStream(path, { highWaterMark });
	checkClip({ sizeBytes: statSync(path).size, open }).then(({ ok }) => {
		if (!ok) throw new Error('refused');
		console.log(JSON.stringify([loaded, ms()]));
	});
`;

async function timed(format: string, name: string): Promise<Figure> {
	const times: number[] = [];
	for (let run = 0; run < RUNS; run++) {
		const started = performance.now();
		const reply = await checkClip(clipFile(name));
		times.push(performance.now() - started);
		if (!reply.ok) throw new Error(reply.problem.what);
	}
	const ms = median(times);
	const limit = LIMITS_MS[format] ?? LIMIT_MS;
	return {
		what: `checking a ${format} of 30 s (median of ${String(RUNS)})`,
		goal: `≤ ${String(limit)} ms`,
		measured: `${ms.toFixed(1)} ms`,
		met: ms <= limit,
	};
}

function firstRun(): Figure {
	const runs = Array.from({ length: 7 }, () => {
		const stdout = execFileSync(process.execPath, ['-e', FIRST_RUN, pathOf(CLIPS.mp4)], {
			cwd: join(__dirname, '..'),
			encoding: 'utf8',
		});
		return JSON.parse(stdout) as [loaded: number, checked: number];
	});
	const ms = median(runs.map(([, checked]) => checked));
	const loaded = median(runs.map(([time]) => time));
	return {
		what: 'the first check in a process, of the mp4, including the time to load the code (median of 7)',
		goal: `≤ ${String(LIMIT_MS)} ms`,
		measured: `${ms.toFixed(1)} ms, ${loaded.toFixed(1)} ms of it for loading`,
		met: ms <= LIMIT_MS,
	};
}

const CONVERSION = { ms: 500, blockedMs: 50 };

/** Half a minute of Opus in a process that is warm: how long it takes, and how long nothing else gets a turn. */
async function conversion(): Promise<Figure> {
	const runs: number[] = [];
	let blockedMs = 0;
	let last = performance.now();
	const tick = setInterval(() => {
		blockedMs = Math.max(blockedMs, performance.now() - last);
		last = performance.now();
	}, 1);
	for (let run = 0; run < RUNS; run++) {
		last = performance.now();
		const reply = await convertClip(clipFile('opus-30.0.ogg'), 'ogg', { longestSeconds: 30 });
		runs.push(performance.now() - last);
		if (!reply.ok) throw new Error(reply.problem.what);
	}
	clearInterval(tick);
	const ms = median(runs);
	return {
		what: `converting 30 s of Opus (median of ${String(RUNS)}), and the longest block of the event loop`,
		goal: `≤ ${String(CONVERSION.ms)} ms, ≤ ${String(CONVERSION.blockedMs)} ms`,
		measured: `${ms.toFixed(0)} ms, ${blockedMs.toFixed(0)} ms`,
		met: ms <= CONVERSION.ms && blockedMs <= CONVERSION.blockedMs,
	};
}

/** What a look into a clip costs before the task is paid for. */
export const clipCheck: Measurement = async (say) => {
	say('checking clips of 30 s');
	const figures = [firstRun()];
	for (const [format, name] of Object.entries(CLIPS)) figures.push(await timed(format, name));
	figures.push(await conversion());
	const file = clipFile(CLIPS.wav);
	await checkClip(file);
	figures.push({
		what: 'bytes read to check the wav',
		goal: `≤ ${String(LIMIT_BYTES)}`,
		measured: `${String(file.reads.bytes)} of ${String(file.sizeBytes)}`,
		met: file.reads.bytes <= LIMIT_BYTES,
	});
	figures.push(...(await clipFuzz(say)));
	return figures;
};
