import fc from 'fast-check';
import { readAddress } from '../../nodes/Kling/media/address';
import { clipUrlFault } from '../../nodes/Kling/media/clipUrl';

/** What is wrong with the address of a clip, as it is typed. */
function faultOf(text: string): string | undefined {
	const read = readAddress(text);
	return 'fault' in read ? read.fault : clipUrlFault(read.url)?.what;
}

test.each([
	'https://files.example.com/narrator.mp3',
	'http://files.example.com/narrator.wav',
	'https://files.example.com/talk.mp4',
	'https://files.example.com/talk.mov',
	'https://files.example.com/NARRATOR.MP3',
	'HTTPS://files.example.com/a.Wav',
	'https://files.example.com/a.mp3?token=x.txt&expires=1',
	'https://files.example.com/a.mp3#notes.txt',
	'https://files.example.com/stream.php?id=7',
	'https://files.example.com/download?file=narrator.mp3',
	'https://files.example.com/clip',
	'https://files.example.com/a.txt/',
	'https://files.example.com/v1.2/clip',
	'https://files.example.com/%E9%9F%B3%E8%89%B2.mp3',
	'https://files.example.txt',
	'https://files.example.com/rest/binary-data/signed?token=abc',
])('the address %s is accepted for a clip', (address) => {
	expect(faultOf(address)).toBeUndefined();
});

test.each([
	'ftp://files.example.com/a.mp3',
	'file:///recordings/a.mp3',
	'blob:https://files.example.com/1',
	'javascript:alert(1)',
	'a.mp3',
	'/clips/a.mp3',
	'//files.example.com/a.mp3',
	'files.example.com/a.mp3',
	'C:\\clips\\a.mp3',
	'https://',
	'https://https://files.example.com/a.mp3',
	'http://exa mple.com/a.mp3',
])('the address %j is refused as no web address', (address) => {
	expect(faultOf(address)).toContain('is not an address that begins with http:// or https://');
});

test.each([
	['', 'is empty'],
	[' ', 'is empty'],
	[`data:audio/mp3;base64,${'SUQz'.repeat(250_000)}`, 'is a data: text that holds the file itself'],
	['https://a.example/1.mp3, https://a.example/2.mp3', 'holds two addresses; one is needed'],
	[`https://a.example/${'a'.repeat(100_000)}`, ''],
])('a text that is no one address is refused in short words', (text, words) => {
	const fault = faultOf(text);
	expect(fault).toContain(words);
	expect(fault?.length).toBeLessThan(300);
});

test.each([
	['http:/files.example.com/a.mp3', 'http://files.example.com/a.mp3'],
	['https:files.example.com/a.mp3', 'https://files.example.com/a.mp3'],
	['https:\\\\files.example.com\\a.mp3', 'https://files.example.com/a.mp3'],
	[' <https://files.example.com/a.mp3>\n', 'https://files.example.com/a.mp3'],
	['"https://files.example.com/a.mp3"', 'https://files.example.com/a.mp3'],
	['https://files.example.com/a b.mp3', 'https://files.example.com/a%20b.mp3'],
	['https://files.example.com/\u200ba.mp3', 'https://files.example.com/a.mp3'],
	['https://files.example.com/声.mp3', 'https://files.example.com/%E5%A3%B0.mp3'],
	['https://bücher.example/a.mp3', 'https://xn--bcher-kva.example/a.mp3'],
	['HTTPS：//files.example.com/a.mp3', 'https://files.example.com/a.mp3'],
])('%j is put right', (text, href) => {
	const read = readAddress(text);
	expect('url' in read && read.url.href).toBe(href);
});

test.each([
	[['https://a.example/a.mp3']],
	[{ url: 'https://a.example/a.mp3' }],
	[7],
	[null],
	[true],
])('%j is refused, as it is no text', (value) => {
	expect(readAddress(value)).toMatchObject({
		fault: expect.stringContaining('not an address') as string,
	});
});

test.each([
	['txt', 'notes.txt'],
	['txt', 'NOTES.TXT'],
	['txt', 'narrator.mp3.txt'],
	['txt', 'notes.txt?name=a.mp3'],
	['m4a', 'a.m4a'],
	['ogg', 'a.ogg'],
	['flac', 'a.flac'],
	['aac', 'a.aac'],
	['webm', 'a.webm'],
	['html', 'index.html'],
	['pdf', 'a.pdf'],
	['png', 'a.png'],
	['zip', 'a.zip'],
])('the ending .%s of an address is refused before any request: %s', (ending, file) => {
	expect(faultOf(`https://files.example.com/${file}`)).toBe(
		`Kling takes .mp3, .wav, .mp4 and .mov files, not .${ending}`,
	);
});

test('every file type that Kling accepts passes in any address and in any case', () => {
	fc.assert(
		fc.property(
			fc.webUrl(),
			fc.mixedCase(fc.constantFrom('mp3', 'wav', 'mp4', 'mov')),
			(base, ending) => {
				expect(clipUrlFault(new URL(`clip.${ending}`, base))).toBeUndefined();
			},
		),
	);
});

test('the check of an address never throws', () => {
	fc.assert(
		fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.webUrl(), fc.anything()), (value) => {
			const read = readAddress(value);
			if ('fault' in read) expect(read.fault.length).toBeLessThan(400);
			else clipUrlFault(read.url);
		}),
	);
});
