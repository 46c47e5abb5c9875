import { pathOf } from '../test/support/clips/clips.cjs';
import { canEncode, compare } from '../test/support/clips/encoders.cjs';
import type { Measurement } from './figure.cjs';

const LEAST_FILES = 300;

/** Type and length of files that real encoders make, beside ffprobe. */
export const encoders: Measurement = async (say) => {
	if (!canEncode()) throw new Error('ffmpeg and ffprobe are needed: apt-get install ffmpeg');
	say('files of ffmpeg, lame, sox and opusenc, as far as they are installed');
	const differences = await compare(pathOf('wav-31.wav'));
	const faults = differences.filter(({ fault }) => fault !== undefined);
	for (const { name, fault = '' } of faults) say(`${name}: ${fault}`);
	const largest = Math.max(...differences.map(({ seconds }) => seconds));
	return [
		{
			what: 'files of real encoders: those with another type or length than ffprobe says, and the largest difference',
			goal: `0 of ≥ ${String(LEAST_FILES)}, ≤ 0.1 s (0.25 s without a header)`,
			measured: `${String(faults.length)} of ${String(differences.length)}, ${largest.toFixed(3)} s`,
			met: faults.length === 0 && differences.length >= LEAST_FILES,
		},
	];
};
