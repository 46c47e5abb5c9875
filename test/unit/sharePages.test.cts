import { sharePage, sharePageAdvice } from '../../nodes/Kling/media/sharePages';

const ID = '1AbCdEfGhIjKlMnOpQrStUvWxYz';
const DRIVE = `https://drive.google.com/uc?export=download&id=${ID}`;

test.each([
	[`https://drive.google.com/file/d/${ID}/view?usp=sharing`, DRIVE],
	[`https://drive.google.com/open?id=${ID}`, DRIVE],
	['https://www.dropbox.com/scl/fi/abc/a.mp3?rlkey=k&dl=0', 'dl=1'],
	['https://www.dropbox.com/s/abc/a.mp3', 'dl=1'],
	[
		'https://github.com/o/r/blob/main/a b.mp3',
		'https://raw.githubusercontent.com/o/r/main/a%20b.mp3',
	],
	['https://gitlab.com/o/r/-/blob/main/a.mp3', 'https://gitlab.com/o/r/-/raw/main/a.mp3'],
	['https://huggingface.co/o/r/blob/main/a.mp3', 'https://huggingface.co/o/r/resolve/main/a.mp3'],
	['https://acme-my.sharepoint.com/:u:/g/personal/x/abc?e=k', 'download=1'],
	...[
		'https://docs.google.com/document/d/x/edit',
		'https://1drv.ms/u/s!abc',
		'https://onedrive.live.com/?id=1',
		'https://www.icloud.com/iclouddrive/abc',
		'https://www.youtube.com/watch?v=abc',
		'https://youtu.be/abc',
		'https://soundcloud.com/a/b',
		'https://open.spotify.com/episode/x',
		'https://vimeo.com/123',
		'https://www.tiktok.com/@a/video/1',
		'https://www.instagram.com/reel/x/',
		'https://we.tl/t-abc',
		'https://wetransfer.com/downloads/x',
		'https://app.box.com/s/abc',
		'https://www.loom.com/share/x',
		'https://t.me/channel/5',
		'https://photos.app.goo.gl/x',
	].map((page): [string, string] => [page, 'choose File']),
])('the share page %s is recognized, with the way to the file', (address, words) => {
	const page = sharePage(new URL(address));
	expect(page).toBeDefined();
	const advice = page ? sharePageAdvice(page) : '';
	expect(advice).toContain(words);
	expect(advice).not.toMatch(/rlkey|e=k/);
});

test.each([
	DRIVE,
	'https://www.dropbox.com/s/abc/a.mp3?dl=1',
	'https://dl.dropboxusercontent.com/s/abc/a.mp3',
	'https://raw.githubusercontent.com/o/r/main/a.mp3',
	'https://github.com/o/r/raw/main/a.mp3',
	'https://github.com/o/r/releases/download/v1/a.mp3',
	'https://gitlab.com/o/r/-/raw/main/a.mp3',
	'https://acme.sharepoint.com/:u:/g/x?download=1',
	'https://api.telegram.org/file/bot1:x/voice/a.mp3',
	'https://cdn.discordapp.com/attachments/1/2/a.mp3',
	'https://archive.org/download/x/a.mp3',
	'https://app.box.com/shared/static/x.mp3',
	'https://notyoutube.com/a.mp3',
	'https://youtube.com.example.org/a.mp3',
	'https://files.example.com/github.com/o/r/blob/a.mp3',
])('the address %s is not taken for a share page', (address) => {
	expect(sharePage(new URL(address))).toBeUndefined();
});
