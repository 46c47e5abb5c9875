import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { until } from '../../../sandbox/n8n/client/until.cjs';

/** A process and all below it, by the process table. */
export function family(pid: number | undefined): number[] {
	const rows = execFileSync('ps', ['-eo', 'pid=,ppid='], { encoding: 'utf8' })
		.trim()
		.split('\n')
		.map((row) => row.trim().split(/\s+/).map(Number));
	const members = new Set([pid]);
	// Children have come after their parents, though a number may have started over.
	for (let size = 0; size < members.size;) {
		size = members.size;
		for (const [child, parent] of rows) if (members.has(parent)) members.add(child);
	}
	return [...members].filter((member) => member !== undefined);
}

export function cpuSeconds(pids: number[]): number {
	const times = execFileSync('ps', ['-o', 'cputimes=', '-p', pids.join(',')], { encoding: 'utf8' });
	return times
		.trim()
		.split('\n')
		.map(Number)
		.reduce((sum, time) => sum + time);
}

/** Local addresses that these processes listen on. */
export function listening(pids: number[]): string[] {
	const owned = new RegExp(`pid=(${pids.join('|')}),`);
	return execFileSync('ss', ['-Hltnp'], { encoding: 'utf8' })
		.split('\n')
		.filter((row) => owned.test(row))
		.map((row) => row.trim().split(/\s+/)[3] ?? '');
}

const isAlive = (pid: number) => fs.existsSync(`/proc/${pid}`);

/** The dead stay in the process table for a moment. */
export async function gone(pids: number[]): Promise<void> {
	await until(`the end of ${pids.join(', ')}`, () => !pids.some(isAlive), 30_000);
}
