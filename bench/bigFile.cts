import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { median, type Measurement } from './figure.cjs';

const ROUNDS = 3;
const LIMIT_MB = 32;

interface UploadFigures {
	extraMb: number;
	sentAfterMs: number;
	firstByteMs: number;
}

/** A file of 200 MB from a form beside one of 1 MB, each time in a process of its own. */
export const bigFile: Measurement = async (say) => {
	const rounds: { small: UploadFigures; big: UploadFigures }[] = [];
	for (let round = 1; round <= ROUNDS; round += 1) {
		say(`a file of 200 MB, ${String(round)} of ${String(ROUNDS)}`);
		const { stdout } = await promisify(execFile)(
			process.execPath,
			['--expose-gc', '-r', 'tsx/cjs', join(__dirname, 'bigFileProcess.cts')],
			{ cwd: join(__dirname, '..') },
		);
		rounds.push(JSON.parse(stdout) as { small: UploadFigures; big: UploadFigures });
	}
	const of = (pick: (round: { small: UploadFigures; big: UploadFigures }) => number) =>
		median(rounds.map(pick));
	const extraMb = of(({ big }) => big.extraMb);
	const firstByte = {
		big: of(({ big }) => big.firstByteMs),
		small: of(({ small }) => small.firstByteMs),
	};
	const sent = {
		big: of(({ big }) => big.sentAfterMs),
		small: of(({ small }) => small.sentAfterMs),
	};
	return [
		{
			what: `200 MB file from a form, checked, copied and fetched (median of ${String(ROUNDS)})`,
			goal: `< ${String(LIMIT_MB)} MB extra memory`,
			measured: `${extraMb.toFixed(1)} MB (a file of 1 MB: ${of(({ small }) => small.extraMb).toFixed(1)} MB)`,
			met: extraMb < LIMIT_MB,
		},
		{
			what: 'the same: time to the first byte at the signed address, beside that of a 1 MB file',
			goal: 'not delayed by its size (≤ 5 ms more)',
			measured: `${firstByte.big.toFixed(1)} ms beside ${firstByte.small.toFixed(1)} ms; the create was sent after ${sent.big.toFixed(0)} ms beside ${sent.small.toFixed(0)} ms`,
			met: firstByte.big <= firstByte.small + 5,
		},
	];
};
