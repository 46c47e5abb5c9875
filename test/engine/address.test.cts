import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

import { errorOf, rowsOf, runKling, TASK, useSandbox } from '../support/engine/kling.cjs';
import { pathOf } from '../support/clips/clips.cjs';

const sandboxOf = useSandbox();

const CLIPS = join(__dirname, '../../sandbox/kling/clips');
const SOUND = readFileSync(join(CLIPS, 'narrator.wav'));

let server: Server | undefined;
let base = '';
const asked: string[] = [];

beforeAll(async () => {
	server = createServer((req, res) => {
		const path = req.url ?? '';
		asked.push(path);
		if (path.startsWith('/hop')) {
			const left = Number(path.slice(4));
			res.writeHead(302, { location: left > 0 ? `/hop${left - 1}` : '/narrator.wav' }).end();
		} else if (path.endsWith('.wav')) res.end(SOUND);
		else res.end(readFileSync(pathOf('mp4-30.0.mp4')));
	});
	await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
	base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
beforeEach(() => {
	asked.length = 0;
});
afterAll(() => {
	server?.closeAllConnections();
	server?.close();
});

const checked = (voiceUrl: string) => ({
	parameters: { ...TASK, voiceUrl, options: { checkClip: true } },
});

it.each(['/narrator.wav', '/clip.mp4'])('Check Clip opens the address %s once', async (path) => {
	await rowsOf(sandboxOf(), checked(base + path));
	expect(asked).toEqual([path]);
});

it('Check Clip follows four redirects, but not five', async () => {
	await rowsOf(sandboxOf(), checked(`${base}/hop3`));
	expect(asked).toHaveLength(5);
	const run = await runKling(sandboxOf(), checked(`${base}/hop4`));
	expect(errorOf(run)).toContain('redirects too many times');
});

it('Kling gets the addresses as they were checked', async () => {
	const options = { callbackUrl: '<HTTP:\\\\127.0.0.1:9/hook>' };
	await rowsOf(sandboxOf(), {
		parameters: { ...TASK, voiceUrl: ' "https:/files.example.com/my clip.mp3"\n', options },
	});
	const [task] = sandboxOf().tasks;
	expect(task?.voice_url).toBe('https://files.example.com/my%20clip.mp3');
	expect(JSON.stringify(sandboxOf().requests)).toContain('http://127.0.0.1:9/hook');
});

it.each([
	['a page of Google Drive', 'https://drive.google.com/file/d/1AbCdEfGhIjKlMnOp/view', 'uc?export'],
	['a data: text of a megabyte', `data:audio/mpeg;base64,${'A'.repeat(1_000_000)}`, 'data:'],
	['two schemes', 'https://https://files.example.com/a.mp3', 'twice'],
	['a list', '={{ ["https://files.example.com/a.mp3"] }}', 'a list of 1'],
])(
	'Create refuses %s as Voice URL in short words, before any request',
	async (_, voiceUrl, words) => {
		const run = await runKling(sandboxOf(), { parameters: { ...TASK, voiceUrl } });
		const error = errorOf(run) ?? '';
		expect(error).toContain(words);
		expect(error).toContain('Nothing was sent to Kling.');
		expect(error.length).toBeLessThan(500);
		expect(sandboxOf().requests).toEqual([]);
	},
);
