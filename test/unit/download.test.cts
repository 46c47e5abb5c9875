import { once } from 'node:events';

import { downloadFile } from '../../nodes/Kling/media/download';
import { CUSTOM_VOICE } from '../../nodes/Kling/tasks/kinds';
import { contextOf, storing, streamOf, type Stored } from '../support/contexts.cjs';
import { problemOf, valueOf } from '../support/answers.cjs';

const MB = 1024 * 1024;
const SOUND = Buffer.from('ID3\x04'.padEnd(100));
const soundOf = (bytes: number) => Buffer.alloc(bytes, SOUND);
const { file: SAMPLE } = CUSTOM_VOICE;

interface Sample {
	headers?: Record<string, string>;
	chunks?: (Buffer | Error)[];
	address?: string;
	prepareBinaryData?: (source: AsyncIterable<Buffer>) => Promise<never>;
	title?: string;
}

async function download({ headers = {}, chunks, address, prepareBinaryData, title }: Sample = {}) {
	const log: Stored[] = [];
	const stream = streamOf(...(chunks ?? [SOUND]));
	const context = contextOf({
		helpers: {
			httpRequest: async () => ({ statusCode: 200, headers, body: stream }),
			prepareBinaryData: prepareBinaryData ?? storing(log),
		},
	});
	const url = address ?? 'https://files.example.com/trial.mp3';
	if (!SAMPLE) throw new Error('Voices have samples');
	const rules = { ...SAMPLE, ...(title !== undefined && { title }) };
	const reply = await downloadFile(context, url, 'www.kkiai.com', rules);
	// A stream closes its source a turn later.
	await new Promise((resolve) => setImmediate(resolve));
	return { reply, log, stream };
}

const typed = (type: string) => ({ headers: { 'content-type': type } });

test('the download of a sample stores it under its name and type', async () => {
	const { reply, log } = await download(typed('audio/wav'));
	expect(valueOf(reply)).toMatchObject({ id: 'filesystem-v2:stored/1' });
	expect(log).toEqual([{ bytes: 100, fileName: 'trial.mp3', mimeType: 'audio/wav' }]);
});

test.each([
	['audio/mpeg', 'audio/mpeg'],
	['video/mp4', 'video/mp4'],
	['AUDIO/MPEG; x=y', 'audio/mpeg'],
	['application/octet-stream', 'audio/mpeg'],
	['binary/octet-stream', 'audio/mpeg'],
	['', 'audio/mpeg'],
])('the download of a sample stores the type "%s" as %s', async (given, mimeType) => {
	const { log } = await download(typed(given));
	expect(log).toEqual([expect.objectContaining({ mimeType })]);
});

test.each([
	['plainly', 'Narrator A', 'Narrator A.mp3'],
	['like a path', '../a/b:c', 'a b c.mp3'],
	['with dots', ' .. ', 'trial.mp3'],
	['at length', '🎙'.repeat(500_000), `${'🎙'.repeat(60)}.mp3`],
])(
	'the download of a sample that is named %s has a name that file systems take',
	async (_how, title, fileName) => {
		const { log } = await download({ title });
		expect(log).toEqual([expect.objectContaining({ fileName })]);
	},
);

test('the download of a sample without a type stores an mp3', async () => {
	const { log } = await download();
	expect(log).toEqual([{ bytes: 100, fileName: 'trial.mp3', mimeType: 'audio/mpeg' }]);
});

test('the download of a sample without a name stores sample.mp3', async () => {
	const { log } = await download({ address: 'https://files.example.com/trial?id=5' });
	expect(log[0]?.fileName).toBe('sample.mp3');
});

test.each(['text/html', 'application/json', 'image/png', 'text/audio/mpeg', 'xaudio/mpeg'])(
	'the download of a sample stores nothing of the type %s, and closes the connection',
	async (type) => {
		const chunks = [Buffer.alloc(100, 1)];
		const { reply, log, stream } = await download({ ...typed(type), chunks });
		expect(problemOf(reply).what).toBe(`It is ${type}, not sound`);
		expect(log).toEqual([]);
		expect(stream.destroyed).toBe(true);
	},
);

test('the download of a sample stores sound that its server calls a text', async () => {
	const { log } = await download(typed('text/plain'));
	expect(log).toEqual([{ bytes: 100, fileName: 'trial.mp3', mimeType: 'audio/mpeg' }]);
});

describe('The size of a sample', () => {
	test('is refused unread when more than 50 MB are announced', async () => {
		const headers = { 'content-length': String(50 * MB + 1) };
		const { reply, log, stream } = await download({ headers });
		expect(problemOf(reply).what).toBe('It is larger than 50 MB');
		expect([log, stream.destroyed]).toEqual([[], true]);
	});

	test('may be exactly 50 MB', async () => {
		const headers = { 'content-length': String(50 * MB) };
		const chunks = Array.from({ length: 50 }, () => soundOf(MB));
		const { log } = await download({ headers, chunks });
		expect(log[0]?.bytes).toBe(50 * MB);
	});

	test.each<Record<string, string>>([{}, { 'content-length': '5' }])(
		'is counted, whatever the headers announce: %j',
		async (headers) => {
			const chunks = Array.from({ length: 60 }, () => soundOf(MB));
			const { reply, log } = await download({ headers, chunks });
			expect(problemOf(reply).what).toContain('larger than 50 MB');
			expect(log).toEqual([]);
		},
	);

	// A player that shows 0:00 tells nobody what went wrong.
	it('is refused when it is 0', async () => {
		const { reply } = await download({ chunks: [] });
		problemOf(reply);
	});
});

describe('The content of a sample', () => {
	test.each([
		['text/html', '<!doctype html><title>Sign in</title>'.padEnd(100)],
		['application/json', '{"code":1004,"message":"expired"}'.padEnd(100)],
		['text/xml', '<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>'.padEnd(100)],
		['image/png', '\x89PNG\r\n\x1a\n'.padEnd(100)],
	])('is not stored when it is %s that calls itself sound', async (type, text) => {
		const { reply, log } = await download({
			...typed('audio/mpeg'),
			chunks: [Buffer.from(text, 'latin1')],
		});
		expect(problemOf(reply).what).toBe(`It is ${type}, not sound`);
		expect(log).toEqual([]);
	});

	test('is not stored when it is nothing known', async () => {
		const { reply, log } = await download({ ...typed('audio/mpeg'), chunks: [Buffer.alloc(99)] });
		expect(problemOf(reply).what).toBe('It is not sound');
		expect(log).toEqual([]);
	});

	test('names its type where the server does not', async () => {
		const wav = Buffer.from('RIFF\x90\0\0\0WAVEfmt '.padEnd(100), 'latin1');
		const { log } = await download({
			address: 'https://files.example.com/get?id=1',
			chunks: [wav],
		});
		expect(log).toEqual([{ bytes: 100, fileName: 'sample.wav', mimeType: 'audio/wav' }]);
	});

	test('is judged and stored whole when it comes in crumbs', async () => {
		const chunks = [...SOUND].map((byte) => Buffer.from([byte]));
		const { log } = await download({ chunks });
		expect(log[0]?.bytes).toBe(100);
	});
});

test('the download of a sample says that the connection broke', async () => {
	const { reply, log } = await download({ chunks: [soundOf(500), new Error('aborted')] });
	expect(problemOf(reply).what).toContain('broke off');
	expect(log).toEqual([]);
});

test('the download of a sample says that the disk is full', async () => {
	const prepareBinaryData = async () => {
		throw new Error('ENOSPC: no space left on device');
	};
	const { reply } = await download({ prepareBinaryData });
	expect(problemOf(reply).what).toContain('ENOSPC');
});

// Nobody reads on, so the connection stays open until its two minutes are over.
it('the download of a sample closes the connection when the disk is full', async () => {
	const prepareBinaryData = async (source: AsyncIterable<Buffer>) => {
		await source[Symbol.asyncIterator]().next();
		throw new Error('ENOSPC: no space left on device');
	};
	const chunks = Array.from({ length: 200 }, () => soundOf(MB / 16));
	const { stream } = await download({ prepareBinaryData, chunks });
	if (!stream.destroyed) await once(stream, 'close');
	expect(stream.destroyed).toBe(true);
});

test('the download of a sample sends no request to what is not an address', async () => {
	const { reply, log } = await download({ address: 'data:audio/mpeg;base64,AAAA' });
	expect(problemOf(reply).what).toContain('is not an address');
	expect(log).toEqual([]);
});
