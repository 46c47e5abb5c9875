import { setTimeout as sleep } from 'node:timers/promises';

import { startClosableProxy } from '../support/e2e/closableProxy.cjs';
import {
	NODE,
	TASK,
	credentialsFor,
	errorItems,
	errorOf,
	outputOf,
	requestCounts,
	rowsOf,
	runKling,
	useSandbox,
} from '../support/engine/kling.cjs';

const sandboxOf = useSandbox();

describe('Bad input to Create', () => {
	it.each([
		[
			'a name of 21 characters',
			{ voiceName: 'x'.repeat(21) },
			'has 21 characters; Kling allows 20',
		],
		['an empty name', { voiceName: '={{ "" }}' }, 'no name'],
		['a blank name', { voiceName: '   ' }, 'no name'],
		['no source', { voiceUrl: '={{ $json.missing }}' }, 'no source'],
		['no video ID', { voiceSource: 'video', videoId: '={{ "" }}' }, 'no source'],
		[
			'a video URL for an ID',
			{ voiceSource: 'video', videoId: 'https://x.com/v.mp4' },
			'not the ID of a Kling video',
		],
		['two sources', { options: { additionalFields: '{"video_id":"8500"}' } }, 'two sources'],
		['an ftp: URL', { voiceUrl: 'ftp://files.example.com/a.mp3' }, 'http:// or https://'],
		['a file: URL', { voiceUrl: 'file:///recordings/a.mp3' }, 'http:// or https://'],
		['a relative URL', { voiceUrl: '/uploads/a.mp3' }, 'http:// or https://'],
		['a text file', { voiceUrl: 'https://files.example.com/notes.txt' }, 'not .txt'],
		[
			'a callback URL without http://',
			{ options: { callbackUrl: 'n8n.example.com/hook' } },
			'callback URL',
		],
		[
			'additional fields that are not an object',
			{ options: { additionalFields: '[1]' } },
			'not a JSON object',
		],
	])('%s is refused before any request, in words', async (_name, parameters, words) => {
		const sandbox = sandboxOf();
		const run = await runKling(sandbox, { parameters: { ...TASK, ...parameters } });
		expect(errorOf(run)).toContain(words);
		expect(errorOf(run)).toContain('[item 0]');
		expect(errorOf(run)).toContain('Nothing was sent to Kling.');
		expect(sandbox.requests).toEqual([]);
	});

	it('a name of 20 emoji is accepted as 20 characters', async () => {
		const [row] = await rowsOf(sandboxOf(), { parameters: { ...TASK, voiceName: '🎙'.repeat(20) } });
		expect(row?.task_status).toBe('submitted');
	});

	it.each([
		'http://localhost/a.mp3',
		'http://192.168.1.20/a.mp3',
		'http://nas/a.mp3',
		'http://studio.local/a.mp3',
	])('the clip address %s is refused when the API is on the internet', async (voiceUrl) => {
		const sandbox = sandboxOf();
		const credentials = { ...credentialsFor(sandbox), provider: 'kkiai' };
		const run = await runKling(sandbox, { parameters: { ...TASK, voiceUrl }, credentials });
		expect(errorOf(run)).toContain('Kling cannot reach');
	});

	it('fails only its own item; the others are created', async () => {
		const sandbox = sandboxOf();
		const run = await runKling(sandbox, {
			parameters: { ...TASK, voiceName: '={{ $json.name }}' },
			items: [{ name: 'A' }, { name: 'x'.repeat(21) }, { name: 'C' }],
			settings: { onError: 'continueErrorOutput' },
		});
		expect(outputOf(run, NODE)).toHaveLength(2);
		expect(errorItems(run)).toMatchObject([{ message: expect.stringContaining('21') as string }]);
		expect(outputOf(run, NODE, 1)[0]?.pairedItem).toEqual({ item: 1 });
		expect(sandbox.tasks.map(({ voice_name: name }) => name)).toEqual(['A', 'C']);
	});

	it('an expression that fails is the error of its own item', async () => {
		const run = await runKling(sandboxOf(), {
			parameters: { ...TASK, voiceName: '={{ $json.name.trim() }}' },
			items: [{ name: 'A' }, {}],
			settings: { onError: 'continueErrorOutput' },
		});
		expect(outputOf(run, NODE)).toHaveLength(1);
		expect(outputOf(run, NODE, 1)[0]?.pairedItem).toEqual({ item: 1 });
	});
});

describe('A create that the API refuses', () => {
	it.each([
		['a wrong key', { error: 'badKey' }, 'key was refused'],
		['a key without the model', { error: 'modelNotFound' }, 'no channel for this model'],
		['a balance that is used up', { code: 1102 }, 'balance or resource pack is used up'],
		['an account in arrears', { code: 1101 }, 'in arrears'],
		['an IP whitelist', { code: 1304 }, 'whitelist'],
		['the content policy', { code: 1301 }, 'safety'],
		['a route the gateway lacks', { error: 'invalidUrl' }, 'does not offer this operation'],
		['a null code', { error: 'nullCode' }, 'does not offer this operation'],
	] as const)('ends at once with the reason: %s', async (_name, fault, words) => {
		const sandbox = sandboxOf();
		sandbox.addFault({ on: 'create', kind: 'errorBefore', ...fault });
		const run = await runKling(sandbox, { parameters: TASK });
		expect(errorOf(run)).toContain(words);
		// An empty balance is worth a look at the packs, which is free.
		const looks = 'code' in fault && fault.code === 1102 ? { costs: 1 } : {};
		expect(requestCounts(sandbox)).toEqual({ create: 1, ...looks });
	});

	it('shows nothing of a wrong key', async () => {
		const sandbox = sandboxOf();
		const credentials = { ...credentialsFor(sandbox), apiKey: 'sk-wrong-key-0123456789' };
		const run = await runKling(sandbox, { parameters: TASK, credentials });
		expect(errorOf(run)).toContain('key was refused');
		expect(JSON.stringify(run)).not.toContain('sk-wrong-key');
	});

	it('shows nothing of a key that the gateway repeats', async () => {
		const sandbox = sandboxOf();
		sandbox.addFault({
			on: 'create',
			kind: 'errorBefore',
			status: 403,
			body: { error: { message: 'sandbox-key has no quota' } },
		});
		const run = await runKling(sandbox, { parameters: TASK });
		expect(errorOf(run)).toContain('*** has no quota');
		expect(JSON.stringify(run)).not.toContain('sandbox-key');
	});

	it.each([
		['HTML from a proxy', { kind: 'htmlPage', status: 502 }, '502 Bad Gateway'],
		['a web page under a wrong base URL', { kind: 'errorBefore', error: 'spaPage' }, 'base URL'],
	] as const)('names the cause when the answer is %s', async (_name, fault, words) => {
		const sandbox = sandboxOf();
		sandbox.addFault({ on: 'any', ...fault });
		const run = await runKling(sandbox, { parameters: TASK });
		expect(errorOf(run)).toContain(words);
		expect(sandbox.tasks).toEqual([]);
	});

	it('says within five seconds that no server answers at the base URL', async () => {
		const began = Date.now();
		const sandbox = sandboxOf();
		const credentials = { ...credentialsFor(sandbox), baseUrl: 'http://127.0.0.1:1/kling' };
		const run = await runKling(sandbox, { parameters: TASK, credentials });
		expect(errorOf(run)).toContain('127.0.0.1:1: connection refused');
		expect(Date.now() - began).toBeLessThan(5_500);
	});

	it('waits for a server that has answered before and is away for eight seconds', async () => {
		const sandbox = sandboxOf();
		const proxy = await startClosableProxy(sandbox.origin);
		const credentials = { ...credentialsFor(sandbox), baseUrl: `${proxy.origin}/kling` };
		await runKling(sandbox, { parameters: TASK, credentials });
		await proxy.shut();
		const again = runKling(sandbox, { parameters: TASK, credentials });
		await sleep(8_000);
		await proxy.open();
		expect(errorOf(await again)).toBeUndefined();
		expect(sandbox.tasks).toHaveLength(2);
		await proxy.shut();
	});

	it('gives each item an error of its own when the base URL is not an address', async () => {
		const sandbox = sandboxOf();
		const run = await runKling(sandbox, {
			parameters: TASK,
			items: [{}, {}],
			credentials: { ...credentialsFor(sandbox), baseUrl: 'not a url' },
			settings: { onError: 'continueErrorOutput' },
		});
		expect(outputOf(run, NODE)).toEqual([]);
		expect(errorItems(run).map(({ message }) => message)).toEqual([
			expect.stringContaining('"not a url" is not a base URL'),
			expect.stringContaining('[item 1]'),
		]);
	});
});
