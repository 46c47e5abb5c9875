import { execFile } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { closeAll, open } from '../support/sandboxClient.cjs';

afterEach(closeAll);

const root = join(__dirname, '../..');

interface Ended {
	code: number;
	output: string;
}

/** `npm run demo` without its preparations. */
const demo = async (env: Record<string, string> = {}): Promise<Ended> =>
	await new Promise((resolve) => {
		const args = ['-r', 'tsx/cjs', 'sandbox/demo.cts'];
		const options = { cwd: root, env: { ...process.env, ...env } };
		execFile(process.execPath, args, options, (error, stdout, stderr) => {
			resolve({ code: Number(error?.code ?? 0), output: stdout + stderr });
		});
	});

describe('The demo', () => {
	it('ends with a voice and the file of a video that speaks with it', async () => {
		const { code, output } = await demo();
		expect(output).toContain('The voice is ready:');
		expect(output).toContain('The video is ready:');
		const [, path = ''] = /The file of the video: (\S+\.mp4)/.exec(output) ?? [];
		const content = readFileSync(path);
		rmSync(path);
		expect(content.subarray(4, 8).toString()).toBe('ftyp');
		expect(content.length).toBeGreaterThan(10_000);
		expect(code).toBe(0);
	});

	it('says what is wrong with a key of a gateway, without the key', async () => {
		const { sandbox } = await open();
		const { baseUrl: KLING_BASE_URL } = sandbox;
		const { code, output } = await demo({ KLING_BASE_URL, KLING_API_KEY: 'wrong-key-0123' });
		expect(output).toContain('The demo ended without a video.');
		expect(output).not.toContain('wrong-key-0123');
		expect(code).toBe(1);
	});

	it('names the variable that a public gateway still needs', async () => {
		const { code, output } = await demo({
			KLING_BASE_URL: 'https://api.example.com/kling',
			KLING_API_KEY: 'a-key',
			KLING_VOICE_URL: 'https://files.example.com/narrator.mp3',
		});
		expect(output).toContain('Set KLING_IMAGE_URL to the public address of a photo');
		expect(code).toBe(1);
	});
});
