import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Figure } from './figure.cjs';

export const DOCS = join(__dirname, '../docs');

const begin = (name: string) => `<!-- Written by npm run bench -- ${name} -->`;
const end = (name: string) => `<!-- End of ${name} -->`;

/** `page` with the section `name` renewed; a section that is not there yet comes last. */
export function withSection(page: string, name: string, text: string): string {
	const section = `${begin(name)}\n\n${text.trim()}\n\n${end(name)}`;
	const [from, to] = [page.indexOf(begin(name)), page.indexOf(end(name))];
	return from < 0 || to < from
		? `${page.trimEnd()}\n\n${section}\n`.trimStart()
		: page.slice(0, from) + section + page.slice(to + end(name).length);
}

/** Writes one section of `docs/bench.md` and leaves the others as they are. */
export function writeSection(name: string, text: string, folder = DOCS): void {
	const file = join(folder, 'bench.md');
	let page = '';
	try {
		page = readFileSync(file, 'utf8');
	} catch {
		// The first section makes the page.
	}
	writeFileSync(file, withSection(page, name, text));
}

export function tableOf(head: string[], rows: string[][]): string {
	const line = (cells: string[]) => `| ${cells.join(' | ')} |`;
	return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line)].join('\n');
}

export const figureTable = (figures: Figure[]): string =>
	tableOf(
		['what', 'goal', 'measured', 'met'],
		figures.map(({ what, goal, measured, met }) => [what, goal, measured, met ? 'yes' : 'NO']),
	);
