import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A disk of its own for n8n's files, small enough to be filled. */
export interface SmallDisk {
	folder: string;
	/** Leaves so many bytes, to a page. */
	fill(left?: number): void;
	empty(): void;
	remove(): void;
}

/** @returns why not, in words, on a machine where this process may not mount */
export function makeSmallDisk(megabytes: number): SmallDisk | { refused: string } {
	const folder = mkdtempSync(join(tmpdir(), 'kling-disk-'));
	const filler = join(folder, 'filler');
	try {
		const args = ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'kling-test', folder];
		execFileSync('mount', args, { stdio: 'pipe' });
	} catch (error) {
		rmSync(folder, { recursive: true });
		return { refused: error instanceof Error ? error.message.trim() : String(error) };
	}
	return {
		folder,
		fill(left = 0) {
			const { bavail, bsize } = statfsSync(folder);
			writeFileSync(filler, Buffer.alloc(bavail * bsize - left));
		},
		empty: () => rmSync(filler, { force: true }),
		remove() {
			// n8n may still hold a file open; the disk then goes with it.
			execFileSync('umount', ['-l', folder]);
			rmSync(folder, { recursive: true, force: true });
		},
	};
}
