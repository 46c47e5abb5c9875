import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { installN8n } from '../../../sandbox/n8n/install/index.cjs';
import type { Ready } from '../../../sandbox/n8n/process/ready.cjs';

const HOLD = `
	const { DatabaseSync } = require('node:sqlite');
	const database = new DatabaseSync(process.argv[1]);
	database.exec('PRAGMA busy_timeout = 10000; BEGIN EXCLUSIVE');
	process.stdout.write('locked');
	process.stdin.resume().on('end', () => {
		database.exec('COMMIT');
		process.exit();
	});`;

const DUMP = `
	const { DatabaseSync } = require('node:sqlite');
	const database = new DatabaseSync(process.argv[1], { readOnly: true });
	const tables = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all();
	for (const { name } of tables) {
		for (const row of database.prepare(\`SELECT * FROM "\${name}"\`).iterate()) {
			process.stdout.write(name + ' ' + JSON.stringify(row) + '\\n');
		}
	}`;

const MOST_BYTES = 1_000_000_000;

export const databaseFile = ({ n8n }: Ready) => join(n8n.userFolder, '.n8n', 'database.sqlite');

/** n8n's own Node: the one that runs the tests may be too old to know SQLite. */
const nodeOfN8n = async () => (await installN8n(() => undefined)).node;

/**
 * Locks n8n's SQLite database as a backup or an administrator's tool would: others can read but not write.
 * @returns what ends the lock
 */
export async function lockDatabase(ready: Ready): Promise<() => Promise<void>> {
	const holder = spawn(await nodeOfN8n(), ['-e', HOLD, databaseFile(ready)]);
	const ended = once(holder, 'exit').then(([code]) => `it ended with ${String(code)}`);
	const locked = once(holder.stdout, 'data').then(() => undefined);
	const failure = await Promise.race([locked, ended]);
	if (failure !== undefined) throw new Error(`The database was not locked: ${failure}`);
	return async () => {
		holder.stdin.end();
		await ended;
	};
}

/** Every row of every table, as text: in the file itself a long text is cut up into pages. */
export async function dumpDatabase(ready: Ready): Promise<string> {
	const args = ['-e', DUMP, databaseFile(ready)];
	return execFileSync(await nodeOfN8n(), args, { encoding: 'utf8', maxBuffer: MOST_BYTES });
}
