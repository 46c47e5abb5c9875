import fs from 'node:fs';
import path from 'node:path';

const ROOT = path.join(__dirname, '../..');
const FOLDER = path.join(ROOT, 'docs/pictures');
const MOST_BYTES = 80 * 1024;
const MOST_BYTES_OF_ALL = 3 * 1024 * 1024;

const pages = [
	'README.md',
	...fs.readdirSync(path.join(ROOT, 'docs')).map((name) => `docs/${name}`),
];
const named = pages
	.filter((page) => page.endsWith('.md'))
	.flatMap((page) => {
		const text = fs.readFileSync(path.join(ROOT, page), 'utf8');
		return [...text.matchAll(/(?:src|srcset)="([^"]+)"|!\[[^\]]*\]\(([^)]+\.(?:webp|png))\)/g)].map(
			([, first, second]) => path.posix.join(path.posix.dirname(page), first ?? second ?? ''),
		);
	});
const pictures = fs.readdirSync(FOLDER).map((name) => `docs/pictures/${name}`);
const sizeOf = (file: string) => fs.statSync(path.join(ROOT, file)).size;

test('every picture that README and docs show is there, and no other', () => {
	expect([...new Set(named)].sort()).toEqual(pictures.sort());
});

test('no picture has over 80 KB, and all together have at most 3 MB', () => {
	expect(pictures.filter((file) => sizeOf(file) > MOST_BYTES)).toEqual([]);
	const sum = pictures.reduce((bytes, file) => bytes + sizeOf(file), 0);
	expect(sum).toBeLessThanOrEqual(MOST_BYTES_OF_ALL);
});
