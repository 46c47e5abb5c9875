import fc from 'fast-check';
import { clipUrlFault } from '../../nodes/Kling/media/clipUrl';

test.each([
	'https://files.example.com/narrator.mp3',
	'https://files.example.com/talk.mov',
	'HTTPS://files.example.com/a.Wav',
	'https://files.example.com/a.mp3?token=x.txt&expires=1',
	'https://files.example.com/a.mp3#notes.txt',
	'https://files.example.com/stream.php?id=7',
	'https://files.example.com/clip',
	'https://files.example.com/a.txt/',
	'https://files.example.com/v1.2/clip',
	'https://files.example.txt',
	'https://files.example.com/rest/binary-data/signed?token=abc',
])('the address %s is accepted for a clip', (address) => {
	expect(clipUrlFault(new URL(address))).toBeUndefined();
});

test.each(['notes.txt', 'NOTES.TXT', 'narrator.mp3.txt', 'a.flac', 'index.html', 'a.png', 'a.zip'])(
	'the ending of %s is refused before any request',
	(file) => {
		const ending = file.split('.').at(-1)?.toLowerCase() ?? '';
		expect(clipUrlFault(new URL(`https://files.example.com/${file}`))?.what).toBe(
			`Kling takes .mp3, .wav, .mp4 and .mov files, not .${ending}`,
		);
	},
);

test.each(['ogg', 'oga', 'opus', 'webm', 'm4a'])(
	'the ending .%s is refused with the advice to pass the clip as a file',
	(ending) => {
		const fault = clipUrlFault(new URL(`https://files.example.com/a.${ending}`));
		expect(fault?.advice).toContain('HTTP Request');
		expect(fault?.advice).toContain('choose File');
	},
);

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
