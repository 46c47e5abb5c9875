import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import axios from 'axios';
import type { IDataObject, INodeExecutionData } from 'n8n-workflow';

import { startInstance } from '../../sandbox/engine/instance/index.cjs';
import { nextExecutionId } from '../../sandbox/engine/workflow.cjs';
import {
	errorItems,
	errorOf,
	NODE,
	outputOf,
	startOn,
	useInstance,
	useSandbox,
	type InstanceRun,
} from '../support/engine/kling.cjs';

const sandboxOf = useSandbox({ fetchClips: true });
const instanceOf = useInstance();

const SPEECH = join(__dirname, '../../sandbox/kling/clips');
const clip = (name: string) => readFileSync(join(SPEECH, name));

interface GivenFile {
	name?: string;
	mimeType?: string;
	content?: Buffer;
	temp?: boolean;
}

/** Runs Create with a file in the item's field `data`, stored as n8n would have done. */
async function create(
	{ name = 'narrator.mp3', mimeType = 'audio/mpeg', content, temp }: GivenFile = {},
	parameters: IDataObject = {},
): Promise<InstanceRun> {
	const executionId = nextExecutionId();
	const file = { name, mimeType, content: content ?? clip('narrator.mp3'), temp };
	const data = await instanceOf().storeFile(executionId, file);
	return start({ json: {}, binary: { data } }, parameters, executionId);
}

function start(
	item: INodeExecutionData,
	parameters: IDataObject = {},
	executionId = nextExecutionId(),
): InstanceRun {
	return startOn(instanceOf(), sandboxOf(), {
		executionId,
		rows: [item],
		parameters: { voiceName: 'Narrator', voiceSource: 'binary', ...parameters },
	});
}

async function voiceOf(run: InstanceRun): Promise<IDataObject | undefined> {
	const result = await run.finished;
	expect(errorOf(result)).toBeUndefined();
	return outputOf(result, NODE)[0]?.json;
}

const addressOf = () => sandboxOf().tasks[0]?.voice_url ?? '';

describe('A file as the source of a voice', () => {
	it('becomes a voice after Kling has fetched it from this n8n', async () => {
		expect(await voiceOf(await create())).toMatchObject({
			task_status: 'succeed',
			voice_name: 'Narrator',
		});
		expect(addressOf()).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/rest\/binary-data\/signed\?token=/);
	});

	it('is served with its type and length, and only at its signed address', async () => {
		await voiceOf(await create({ name: 'Speech of today.mp3' }));
		const { headers } = await axios.head(addressOf());
		expect(headers['content-type']).toContain('audio/mpeg');
		expect(headers['content-length']).toBe(String(clip('narrator.mp3').length));
		const other = await axios.get(`${addressOf().slice(0, -4)}AAAA`, {
			validateStatus: () => true,
		});
		expect(other.status).toBe(400);
	});

	it('stays at its address during a pause and after the end, even if it came from a form', async () => {
		sandboxOf().options.submittedMs = 60_000;
		const run = await create({ temp: true }, { waitFor: 'callback' });
		expect((await run.paused).status).toBe('waiting');
		expect((await axios.head(addressOf())).status).toBe(200);
		sandboxOf().hurry();
		await voiceOf(run);
		expect((await axios.head(addressOf())).status).toBe(200);
	});

	it('is not copied when it already belongs to this execution', async () => {
		const executionId = nextExecutionId();
		const file = { name: 'a.mp3', mimeType: 'audio/mpeg', content: clip('narrator.mp3') };
		const data = await instanceOf().storeFile(executionId, file);
		await voiceOf(start({ json: {}, binary: { data } }, {}, executionId));
		expect(signedId(addressOf())).toBe(data.id);
	});

	it('is served as an MP3 when it is an MP3 named .wav', async () => {
		await voiceOf(await create({ name: 'voice.wav', mimeType: 'audio/wav' }));
		const { headers } = await axios.head(addressOf());
		expect(headers['content-type']).toContain('audio/mpeg');
		expect(headers['content-disposition']).toContain('voice.mp3');
	});

	it('may come as base64 text, as a Code node gives it', async () => {
		const data = { data: clip('narrator.mp3').toString('base64'), mimeType: 'audio/mpeg' };
		expect(await voiceOf(start({ json: {}, binary: { data } }))).toMatchObject({
			task_status: 'succeed',
		});
	});

	it('has an address that is valid for an hour longer than the wait', async () => {
		await voiceOf(await create({}, { options: { timeout: 7200 } }));
		const { exp = 0, iat = 0 } = payloadOf(addressOf());
		expect(exp - iat).toBe(7200 + 3600);
	});

	it('is checked before it is sent, unless Check Clip is off', async () => {
		sandboxOf().options.fetchClips = false;
		const content = Buffer.from('not a clip at all');
		expect(errorOf(await (await create({ content })).finished)).toContain('text');
		expect(sandboxOf().requests).toEqual([]);
		await voiceOf(await create({ content }, { options: { checkClip: false } }));
		sandboxOf().options.fetchClips = true;
	});
});

describe('A file as the source is refused before any request', () => {
	it.each([
		[
			'the field has another name',
			'voice',
			'no file in the field "voice"',
			'It has files in: data',
		],
		['no field is named', '={{ "" }}', 'There is no Input Binary Field', 'It has files in: data'],
	])('when %s', async (_, field, what, advice) => {
		const run = await (await create({}, { binaryPropertyName: field })).finished;
		expect(errorOf(run)).toContain(what);
		expect(errorOf(run)).toContain(advice);
		expect(sandboxOf().requests).toEqual([]);
	});

	it('when the item has no files', async () => {
		const run = await start({ json: {} }).finished;
		expect(errorOf(run)).toContain('The item has no files at all');
		expect(sandboxOf().requests).toEqual([]);
	});

	it('when the clip is too short, with its length in the message', async () => {
		const run = await (await create({ content: clip('short.mp3'), name: 'short.mp3' })).finished;
		expect(errorOf(run)).toMatch(/\d\.\d s/);
		expect(sandboxOf().requests).toEqual([]);
	});

	it('when the additional fields name a second source', async () => {
		const additionalFields = '{"voice_url":"https://example.com/a.mp3"}';
		const run = await (await create({}, { options: { additionalFields } })).finished;
		expect(errorOf(run)).toContain('two sources');
	});

	it('when Kling cannot reach this n8n', async () => {
		const executionId = nextExecutionId();
		const file = { name: 'a.mp3', mimeType: 'audio/mpeg', content: clip('narrator.mp3') };
		const data = await instanceOf().storeFile(executionId, file);
		const run = await startOn(instanceOf(), sandboxOf(), {
			executionId,
			rows: [{ json: {}, binary: { data } }],
			parameters: { voiceName: 'Narrator', voiceSource: 'binary' },
			settings: { onError: 'continueErrorOutput' },
			credentials: { provider: 'kkiai', authentication: 'apiKey', apiKey: 'sk-not-a-key' },
		}).finished;
		const [failure] = errorItems(run);
		expect(failure?.message).toContain('Kling cannot reach 127.0.0.1');
		expect(failure?.description).toContain('WEBHOOK_URL');
	});
});

describe('An n8n that keeps files in memory', () => {
	it('refuses a file as the source, and names the setting to change', async () => {
		const instance = await startInstance({ binaryMode: 'default' });
		try {
			const data = { data: clip('narrator.mp3').toString('base64'), mimeType: 'audio/mpeg' };
			const run = await startOn(instance, sandboxOf(), {
				rows: [{ json: {}, binary: { data } }],
				parameters: { voiceName: 'Narrator', voiceSource: 'binary' },
			}).finished;
			expect(errorOf(run)).toContain('keeps files in memory');
			expect(errorOf(run)).toContain('N8N_DEFAULT_BINARY_DATA_MODE');
			expect(sandboxOf().requests).toEqual([]);
		} finally {
			await instance.close();
		}
	});
});

function payloadOf(address: string): { id?: string; exp?: number; iat?: number } {
	const token = new URL(address).searchParams.get('token') ?? '';
	const text = Buffer.from(token.split('.')[1] ?? '', 'base64url').toString();
	return JSON.parse(text) as { id?: string; exp?: number; iat?: number };
}

const signedId = (address: string) => payloadOf(address).id;

describe('A recording that Kling does not take', () => {
	const RECORDINGS = join(__dirname, '../support/clips');
	const recording = (name: string, mimeType: string) => ({
		name,
		mimeType,
		content: readFileSync(join(RECORDINGS, name)),
	});
	const VOICE_MESSAGE = recording('opus-voice.ogg', 'audio/ogg');

	it.each<[from: string, GivenFile]>([
		['Ogg', VOICE_MESSAGE],
		['WebM', recording('opus-browser.webm', 'video/webm')],
		['Matroska', recording('opus-voice.mkv', 'application/octet-stream')],
	])('is converted from %s to a wav, and the item says so', async (from, file) => {
		expect(await voiceOf(await create(file))).toMatchObject({
			task_status: 'succeed',
			hint: `The recording was converted from ${from} to wav (8 s).`,
		});
		const { data, headers } = await axios.get<Buffer>(addressOf(), { responseType: 'arraybuffer' });
		expect(headers['content-type']).toBe('audio/wav');
		expect(headers['content-disposition']).toContain('.wav');
		expect(data.subarray(0, 4).toString()).toBe('RIFF');
	});

	it('is still said to be converted after a pause', async () => {
		const run = await create(VOICE_MESSAGE, { waitFor: 'callback' });
		await run.paused;
		const [item] = outputOf(await run.finished, NODE);
		expect(item?.json).toMatchObject({
			voice_name: 'Narrator',
			hint: 'The recording was converted from Ogg to wav (8 s).',
		});
	});

	it('is refused when it is not to be converted, and nothing is sent', async () => {
		const run = await create(VOICE_MESSAGE, { options: { convertClip: false } });
		const error = errorOf(await run.finished);
		expect(error).toContain('an Ogg file with Opus sound; Kling takes mp3, wav, mp4 and mov');
		expect(error).toContain('Convert Clip');
		expect(sandboxOf().tasks).toEqual([]);
	});

	it('of 31 s is cut to its first 30 s only with Trim Clip', async () => {
		const long = recording('opus-31.ogg', 'audio/ogg');
		const refused = await create(long);
		expect(errorOf(await refused.finished)).toContain('31 s long');
		const cut = await create(long, { options: { trimClip: true } });
		expect((await voiceOf(cut))?.hint).toBe('The recording was converted from Ogg to wav (30 s).');
	});

	it('is converted also when clips are not checked', async () => {
		const run = await create(VOICE_MESSAGE, { options: { checkClip: false } });
		expect((await voiceOf(run))?.hint).toContain('from Ogg to wav');
	});
});
