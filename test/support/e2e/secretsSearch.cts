import { readFileSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Ready } from '../../../sandbox/n8n/process/ready.cjs';
import { dumpDatabase } from './database.cjs';

/** Where a text was found: kind of place, and which. */
export type Place = `${'execution' | 'database' | 'log' | 'file'} ${string}`;

/** A secret as it may be written: as it is, in the text of a URL or of JSON, and in base64 at any offset. */
function spellings(secret: string): string[] {
	const inner = [0, 1, 2].map((offset) => {
		const encoded = Buffer.from('x'.repeat(offset) + secret).toString('base64');
		// What stands at the ends depends on the neighbours.
		return encoded.slice(4, -4);
	});
	return [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1), ...inner];
}

function filesUnder(folder: string): string[] {
	return readdirSync(folder, { recursive: true, withFileTypes: true })
		.filter((entry) => entry.isFile())
		.map((entry) => join(entry.parentPath, entry.name));
}

/** Everything that n8n keeps or says: all executions, all rows of the database, the log, and every file of its folder. */
async function places({ rest, n8n }: Ready, ready: Ready): Promise<[Place, Buffer][]> {
	const rows = await rest.executions({ limit: 100 });
	const executions = await Promise.all(
		rows.map(async ({ id }): Promise<[Place, Buffer]> => {
			return [`execution ${id}`, Buffer.from(JSON.stringify(await rest.execution(id)))];
		}),
	);
	const dump = (await dumpDatabase(ready)).split('\n').filter((row) => row !== '');
	const database = dump.map((row): [Place, Buffer] => [
		`database ${row.slice(0, row.indexOf(' '))}`,
		Buffer.from(row),
	]);
	const files = filesUnder(n8n.userFolder)
		// The package itself, which holds no data.
		.filter((file) => !file.includes('/node_modules/'))
		.map((file): [Place, Buffer] => [`file ${relative(n8n.userFolder, file)}`, readFileSync(file)]);
	return [...executions, ...database, ...files, ['log n8n', Buffer.from(n8n.log())]];
}

/** @returns the places where each of the texts stands */
export async function search(ready: Ready, texts: string[]): Promise<Record<string, Place[]>> {
	const all = await places(ready, ready);
	return Object.fromEntries(
		texts.map((text) => {
			const wanted = spellings(text);
			const found = all.filter(([, bytes]) => wanted.some((spelling) => bytes.includes(spelling)));
			return [text, [...new Set(found.map(([place]) => place))]];
		}),
	);
}
