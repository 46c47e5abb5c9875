import { checkClip } from '../../../nodes/Kling/media/clip/checkClip';
import { isConvertible } from '../../../nodes/Kling/media/clip/clip';
import { convertClip } from '../../../nodes/Kling/media/clip/convertClip';
import { trimClip } from '../../../nodes/Kling/media/clip/trimClip';
import { fileOf, type WatchedFile } from './clips.cjs';
import { cuts, mutated, randomOf, type Seed } from './fuzz.cjs';
import { isSound, LIMITS, looked, type Cost } from './limits.cjs';

/** What came of many files. */
export interface Ordeal {
	files: number;
	worst: Cost;
	/** The first few that were over a limit, threw, or were answered in other words than ours. */
	faults: string[];
}

interface Case {
	name: string;
	bytes: Buffer;
}

const MOST_FAULTS = 20;

/** Checks a file, and converts or cuts it where that is what follows. */
async function checkedAndTrimmed(file: WatchedFile) {
	const clip = await checkClip(file, { allowLonger: true, converts: true });
	if (!clip.ok) return await checkClip(file);
	const { format, seconds } = clip.value;
	if (isConvertible(format)) return await convertClip(file, format, { longestSeconds: 30 });
	return seconds <= 30 ? await checkClip(file) : await trimClip(file, format);
}

export async function ordeal(cases: Iterable<Case>): Promise<Ordeal> {
	const worst: Cost = { blockedMs: 0, ms: 0, memoryBytes: 0, readBytes: 0 };
	const faults: string[] = [];
	let files = 0;
	for (const { name, bytes } of cases) {
		files += 1;
		// A third come from the web, where nobody knows their size.
		const make = () => fileOf(bytes, files % 3 === 0 ? { sizeBytes: undefined } : undefined);
		const fault = await faultIn(make, worst);
		if (fault !== undefined && faults.length < MOST_FAULTS) faults.push(`${name}: ${fault}`);
	}
	return { files, worst, faults };
}

async function faultIn(make: () => WatchedFile, worst: Cost): Promise<string | undefined> {
	try {
		const { reply, cost } = await looked(make, checkedAndTrimmed);
		for (const key of Object.keys(worst) as (keyof Cost)[]) {
			worst[key] = Math.max(worst[key], cost[key]);
			if (cost[key] > LIMITS[key]) return `${key} ${Math.round(cost[key])}`;
		}
		return isSound(reply) ? undefined : JSON.stringify(reply);
	} catch (error) {
		return error instanceof Error ? `threw ${error.stack ?? ''}` : String(error);
	}
}

export function* mutations(seeds: Seed[], count: number, start: number): Generator<Case> {
	for (let index = 0; index < count; index++) {
		const seed = seeds[index % seeds.length];
		if (!seed) return;
		const number = start + index;
		yield { name: `${seed.name}, mutation ${number}`, bytes: mutated(seed, randomOf(number)) };
	}
}

/** Every `step`th place where a file may be cut. */
export function* truncations(seeds: Seed[], step: number): Generator<Case> {
	for (const [offset, seed] of seeds.entries()) {
		const ends = cuts(seed);
		for (let index = offset % step; index < ends.length; index += step) {
			const end = ends[index] ?? 0;
			yield { name: `${seed.name}, first ${end} bytes`, bytes: seed.bytes.subarray(0, end) };
		}
	}
}

const BEGINNINGS = [
	'',
	'RIFF\x90\x90\x90\0WAVE',
	'ID3\x04\0\0\0\0\0\x7f',
	'\0\0\0\x18ftypisom',
	'\xff\xfb\x90\x64',
];

/** Noise, some of it behind a beginning that fits. */
export function* noise(count: number, start: number): Generator<Case> {
	for (let index = 0; index < count; index++) {
		const random = randomOf(start + index);
		const bytes = Buffer.alloc(Math.floor(random() ** 3 * 300_000));
		for (let at = 0; at < bytes.length; at++) bytes[at] = random() * 256;
		bytes.write(BEGINNINGS[index % BEGINNINGS.length] ?? '', 'latin1');
		yield { name: `noise ${start + index}`, bytes };
	}
}
