import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

import type { Figure, Measurement } from './figure.cjs';

const LIMIT_MB = 32;

interface Source {
	extraMb: number;
	/** What the node said, empty where it took the video. */
	said: string;
	/** Requests to Kling. */
	sent: number;
}

interface VideoFigures {
	downloadMb: number;
	source: Source;
	/** Larger, longer and smaller than Kling takes. */
	refused: Source[];
}

/** Large videos, in a process of their own whose files lie in the file system. */
export const bigVideo: Measurement = async (say) => {
	say('a result of 300 MB, and sources of a lip-sync of 100 MB');
	const { stdout } = await promisify(execFile)(
		process.execPath,
		['--expose-gc', '-r', 'tsx/cjs', join(__dirname, 'bigVideoProcess.cts')],
		{ cwd: join(__dirname, '..') },
	);
	const { downloadMb, source, refused } = JSON.parse(stdout) as VideoFigures;
	const most = Math.max(...refused.map(({ extraMb }) => extraMb));
	const areRefused = refused.every(({ said, sent }) => said !== '' && sent === 0);
	return [
		memoryFigure('a result of 300 MB, downloaded as a file', downloadMb, true),
		memoryFigure(
			'a video of 100 MB as the source of a lip-sync, checked and fetched',
			source.extraMb,
			source.said === '',
		),
		memoryFigure(
			`three videos that are too large, too long or too small, refused before any request (${refused.map(({ said }) => said).join('; ')})`,
			most,
			areRefused,
		),
	];
};

const memoryFigure = (what: string, extraMb: number, isRight: boolean): Figure => ({
	what,
	goal: `< ${String(LIMIT_MB)} MB extra memory`,
	measured: `${extraMb.toFixed(1)} MB`,
	met: isRight && extraMb < LIMIT_MB,
});
