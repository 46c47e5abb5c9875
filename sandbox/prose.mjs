/**
 * Holds the prose of README and docs to two rules: no sentence over 30 words, no brackets inside brackets. Tables, code and
 * pictures are left out, as are the changelog's older entries and what a script writes.
 * Panels, messages and notes of templates have no long sentences either, and the code that ships has no word of the list
 * below, in comments neither.
 */
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '..');
const MOST_WORDS = 30;
const docs = fs.readdirSync(path.join(root, 'docs')).filter((name) => name.endsWith('.md'));
const pages = [
	...['README.md', 'CONTRIBUTING.md', 'SECURITY.md'],
	...docs.map((name) => `docs/${name}`),
];

/** @param {string} page what is left of it to be read as sentences, one paragraph, list item or cell a line */
function paragraphs(page) {
	return page
		.replace(/<!-- Written by [^]*?<!-- End of [^>]*-->/g, '')
		.replace(/^```[^]*?^```/gm, '')
		.replace(/^#.*$/gm, '')
		.replace(/^\|?[-|\s]+\|$/gm, '')
		.replace(/!\[[^\]]*\]\([^)]*\)|<picture>.*<\/picture>/g, '')
		.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
		.replace(/`[^`\n]*`/g, 'code')
		.replace(/\s*\|\s*/g, '\n\n')
		.replace(/^\s*(?:[-*]|\d+\.)\s+/gm, '\n\n')
		.split(/\n\s*\n/)
		.map((text) => text.replace(/\s+/g, ' ').trim())
		.filter((text) => text !== '');
}

/** @param {string} paragraph */
const sentences = (paragraph) =>
	paragraph.split(/(?<=[.!?:;])\s+(?=["'“*(]*(?:[A-Z0-9]|n8n|npm|code))/);

/** @param {string} sentence */
const words = (sentence) => sentence.split(' ').filter((word) => /[\p{L}\d]/u.test(word)).length;

const faults = pages.flatMap((name) =>
	paragraphs(fs.readFileSync(path.join(root, name), 'utf8')).flatMap((paragraph) => [
		...sentences(paragraph)
			.filter((sentence) => words(sentence) > MOST_WORDS)
			.map((sentence) => `${name}: a sentence of ${words(sentence)} words: ${sentence}`),
		...(/\([^()]*\(/.test(paragraph) ? [`${name}: brackets inside brackets: ${paragraph}`] : []),
	]),
);
/** Words that made a reader stop. */
const UNWANTED =
	/\b(doubled|anew|go(?:es)? on|hand(?:s|ed)? on|look(?:s|ed)? into|whoever|the other side|refuses the connection)\b/i;

const filesOf = (/** @type {string} */ folder, /** @type {string} */ ending) =>
	fs
		.readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
		.filter((name) => name.endsWith(ending))
		.map((name) => `${folder}/${name}`);

/** @param {string} code its texts of several words, without what is computed in them */
const textsOf = (code) =>
	[...code.matchAll(/'((?:[^'\\\n]|\\.)*)'|`((?:[^`\\]|\\.)*)`/g)]
		.map(([, plain, template]) => (plain ?? template ?? '').replace(/\$\{[^}]*\}/g, 'X'))
		.filter((text) => /^[A-Z<].* .* /.test(text));

const sources = ['nodes', 'credentials'].flatMap((folder) => filesOf(folder, '.ts'));
for (const name of [...sources, ...filesOf('workflows', '.json')]) {
	const text = fs.readFileSync(path.join(root, name), 'utf8');
	for (const line of text.split('\n')) {
		const [word] = UNWANTED.exec(line) ?? [];
		if (word !== undefined) faults.push(`${name}: "${word}" in: ${line.trim()}`);
	}
	const texts = name.endsWith('.ts')
		? textsOf(text)
		: JSON.parse(text).nodes.map(
				(/** @type {{ parameters: { content?: string } }} */ { parameters }) =>
					String(parameters.content ?? ''),
			);
	for (const sentence of texts.flatMap((/** @type {string} */ one) =>
		paragraphs(one).flatMap(sentences),
	)) {
		if (words(sentence) > MOST_WORDS)
			faults.push(`${name}: a sentence of ${words(sentence)} words: ${sentence}`);
	}
}

for (const fault of faults) console.error(fault);
if (faults.length > 0) process.exitCode = 1;
