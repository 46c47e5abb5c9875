import fs from 'node:fs';
import path from 'node:path';
import { isMadeHere } from '../client/setUp.cjs';
import { OWN_FOLDER, type StartOptions } from './startOptions.cjs';

/** Says who uses the folder now. */
const LOCK = 'npm-start.pid';

/**
 * Makes a folder ready for a start: what an earlier one left is in it, or nothing.
 * @returns what gives it back
 * @throws in words when another start uses it, or when something else is in it, as `--folder` can name any
 */
export function takeFolder({ folder, fresh }: StartOptions): () => void {
	const lock = path.join(folder, LOCK);
	const other = fs.existsSync(lock) ? Number(fs.readFileSync(lock, 'utf8')) : undefined;
	if (other !== undefined && isRunning(other)) {
		throw new Error(
			`Another npm start, process ${other}, uses ${folder}. Stop it first, or choose another --folder. If that process is something else, delete ${lock}.`,
		);
	}
	const isKnown = isMadeHere(folder);
	const found = fs.existsSync(folder) ? fs.readdirSync(folder) : [];
	if (!isKnown && folder !== OWN_FOLDER && found.some((name) => name !== LOCK)) {
		throw new Error(
			`${folder} has something in it that is not of npm start. Choose a folder that is new or empty.`,
		);
	}
	// What is not known may be half of what a start that was interrupted has copied.
	if (fresh || !isKnown) fs.rmSync(folder, { recursive: true, force: true });
	fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
	fs.writeFileSync(lock, String(process.pid));
	return () => fs.rmSync(lock, { force: true });
}

function isRunning(pid: number): boolean {
	try {
		process.kill(pid, 0);
		return true;
	} catch (error) {
		// The process of another user can be seen, but not signalled.
		return (error as NodeJS.ErrnoException).code === 'EPERM';
	}
}
