import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import axios from 'axios';

import { freePort } from '../../sandbox/n8n/process/ports.cjs';
import type { Figure } from '../figure.cjs';
import type { Say } from './stage.cjs';

const ROOT = join(__dirname, '../..');
const GOAL_S = 40;
const READY = 'The editor is ready';

/** `npm start` in an empty folder, stopped as by Ctrl-C, and once more. */
export async function secondStart(say: Say): Promise<Figure[]> {
	const folder = await mkdtemp(join(tmpdir(), 'kling-start-'));
	try {
		const first = await secondsToEditor(folder);
		const second = await secondsToEditor(folder);
		say(`npm start: ${first.toFixed(1)} s, then ${second.toFixed(1)} s`);
		return [
			{
				what: 'from the second `npm start` to a usable editor',
				goal: `≤ ${String(GOAL_S)} s`,
				measured: `${second.toFixed(1)} s (the first with n8n installed: ${first.toFixed(1)} s)`,
				met: second <= GOAL_S,
			},
		];
	} finally {
		await rm(folder, { recursive: true, force: true, maxRetries: 5 });
	}
}

/** From the command to the line that says so and a page that is served; then stops it and waits for its end. */
async function secondsToEditor(folder: string): Promise<number> {
	const port = await freePort();
	const started = performance.now();
	const args = ['start', '--', '--port', String(port), '--folder', folder];
	const child = spawn('npm', args, {
		cwd: ROOT,
		detached: true,
		stdio: ['ignore', 'pipe', 'pipe'],
	});
	let said = '';
	const ready = new Promise<void>((resolve, reject) => {
		for (const stream of [child.stdout, child.stderr]) {
			stream.setEncoding('utf8').on('data', (text: string) => {
				said += text;
				if (said.includes(READY)) resolve();
			});
		}
		child.once('close', () => reject(new Error(`npm start ended early:\n${said}`)));
	});
	try {
		await ready;
		await axios.get(`http://localhost:${String(port)}/signin`, { proxy: false });
		return (performance.now() - started) / 1000;
	} finally {
		if (child.exitCode === null && child.pid !== undefined) {
			// A terminal sends Ctrl-C to npm and all that it started.
			process.kill(-child.pid, 'SIGINT');
			await once(child, 'close');
		}
	}
}
