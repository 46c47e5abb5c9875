import fc from 'fast-check';
import { clipUrlFault, webAddress } from '../../nodes/Kling/media/clipUrl';

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
	expect(clipUrlFault(address)).toBeUndefined();
});

test.each([
	'ftp://files.example.com/a.mp3',
	'file:///recordings/a.mp3',
	'data:audio/mp3;base64,SUQz',
	'blob:https://files.example.com/1',
	'javascript:alert(1)',
	'',
	' ',
	'a.mp3',
	'/clips/a.mp3',
	'//files.example.com/a.mp3',
	'files.example.com/a.mp3',
	'C:\\clips\\a.mp3',
	'https://',
	'http://exa mple.com/a.mp3',
])('the address %j is refused as no web address', (address) => {
	expect(clipUrlFault(address)).toBe(
		`"${address}" is not an address that begins with http:// or https://`,
	);
	expect(webAddress(address)).toBeUndefined();
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
	expect(clipUrlFault(`https://files.example.com/${file}`)).toBe(
		`Kling takes .mp3, .wav, .mp4 and .mov files, not .${ending}`,
	);
});

test('every file type that Kling accepts passes in any address and in any case', () => {
	fc.assert(
		fc.property(
			fc.webUrl(),
			fc.mixedCase(fc.constantFrom('mp3', 'wav', 'mp4', 'mov')),
			(base, ending) => {
				expect(clipUrlFault(new URL(`clip.${ending}`, base).href)).toBeUndefined();
			},
		),
	);
});

test('the check of an address never throws', () => {
	fc.assert(
		fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.webUrl()), (text) => {
			const fault = clipUrlFault(text);
			if (webAddress(text) === undefined) expect(fault).toContain('is not an address');
		}),
	);
});
