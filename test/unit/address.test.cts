import fc from 'fast-check';
import { quoted, readAddress } from '../../nodes/Kling/media/address';

const A = 'https://files.example.com/a.mp3';
const href = (given: unknown) => {
	const read = readAddress(given);
	return 'url' in read ? read.url.href : read.fault;
};

test.each([
	[` ${A}\n`, A],
	[`"${A}"`, A],
	[`'${A}'`, A],
	[`<${A}>`, A],
	[`<${A}|a.mp3>`, A],
	[`\u201c${A}\u201d`, A],
	[`\u200b${A}\ufeff`, A],
	['https://files.exa\u200bmple.com/a\u2060.mp3', A],
	['https:/files.example.com/a.mp3', A],
	['https:files.example.com/a.mp3', A],
	['https:///files.example.com/a.mp3', A],
	['https:\\\\files.example.com\\a.mp3', A],
	['HTTPS://FILES.example.com/a.mp3', A],
	['https://files.example.com/\n   a.mp3', A],
	['https\uff1a//files.example.com/a.mp3', A],
	['\0https://files.example.com/a.mp3', A],
	['https://files.example.com/my clip.mp3', 'https://files.example.com/my%20clip.mp3'],
	['https://files.example.com/声.mp3', 'https://files.example.com/%E5%A3%B0.mp3'],
	['https://bücher.example/a.mp3', 'https://xn--bcher-kva.example/a.mp3'],
	[
		'https://x.example/get?from=https://y.example/a.mp3',
		'https://x.example/get?from=https://y.example/a.mp3',
	],
	[
		'https://x.example/web/2020/https://y.example/a.mp3',
		'https://x.example/web/2020/https://y.example/a.mp3',
	],
])('the address %j is put right', (given, right) => {
	expect(href(given)).toBe(right);
});

test.each([
	[[A, A], 'is a list of 2, not an address'],
	[{ url: A }, 'is an object, not an address'],
	[42, 'is a number, not an address'],
	[true, 'is a boolean, not an address'],
	[null, 'is empty, not an address'],
	['', 'is empty'],
	['\u200b ""', 'is empty'],
	[`${A} ${A}`, 'two addresses'],
	[`${A}\n${A}`, 'two addresses'],
	[`${A},${A}`, 'two addresses'],
	[`${A}; ${A}`, 'two addresses'],
	[A + A, 'two addresses'],
	['https://https://files.example.com/a.mp3', 'twice'],
	['http://https:files.example.com/a.mp3', 'twice'],
	[`data:audio/mpeg;base64,${'A'.repeat(1_000_000)}`, 'holds the file itself'],
	[`https://x.example/${'a'.repeat(1_000_000)}`, '1000018 characters'],
	['ftp://files.example.com/a.mp3', 'is not an address that begins with http:// or https://'],
	['blob:https://files.example.com/1', 'is not an address'],
	['javascript:alert(1)', 'is not an address'],
	['files.example.com/a.mp3', 'is not an address'],
	['//files.example.com/a.mp3', 'is not an address'],
	['C:\\clips\\a.mp3', 'is not an address'],
	['https://', 'is not an address'],
	['https://a..example.com/a.mp3', 'is not an address'],
	['http://exa mple.com/a.mp3', 'is not an address'],
	['[object Object]', 'is not an address'],
])('the address %# is refused in short words: %s', (given, words) => {
	const fault = href(given);
	expect(fault).toContain(words);
	expect(fault.length).toBeLessThan(220);
});

test.each([
	'ftp://user:hunter2@x.example/a?sig=hunter2',
	'sftp://x.example/file/bot12:hunter2/a',
	'//user:hunter2@x.example/a',
	'user:hunter2@x.example/a',
	'ftp://x.example/a?hunter2',
])('the refused address %s is quoted without what opens it', (given) => {
	expect(href(given)).not.toContain('hunter2');
});

test('a quote is short, in one line, and has nothing invisible', () => {
	const text = quoted(`a\u202eb\n\tc ${'x'.repeat(5000)}`);
	expect(text.startsWith('"ab c xxx')).toBe(true);
	expect(text.length).toBeLessThan(130);
});

test('what is read of any text is an http address that reads as itself, or short words', () => {
	fc.assert(
		fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.webUrl(), fc.anything()), (given) => {
			const read = readAddress(given);
			if ('fault' in read) expect(read.fault.length).toBeLessThan(250);
			else {
				expect(read.url.protocol).toMatch(/^https?:$/);
				expect(new URL(read.url.href).href).toBe(read.url.href);
			}
		}),
		{ numRuns: 1000 },
	);
});
