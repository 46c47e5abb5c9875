import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Express, Request, Response } from 'express';
import { contentOf, isSigned } from './media/files.cjs';
import type { Shelf } from './media/shelf.cjs';

/** What is wrong with the files that are served; read for each call. */
export interface SampleOptions {
	/**
	 * `missing`: 404. `huge`: the file, and as much as it takes behind it: the mp3 over and over, or zeros, in an mp4 in
	 * a box that players skip. `redirect`: 302. `html`: a page instead of a file, with status 200.
	 */
	kind?: 'missing' | 'huge' | 'redirect' | 'html';
	/** Waits this long before the first byte. Goes with every kind, and with none. */
	delayMs?: number;
	/** How much `huge` sends. Default 64 MiB. */
	bytes?: number;
	/** Whether `huge` says how much it will send. Default: no. */
	withLength?: boolean;
	/** Where `redirect` leads. Default: a path of the sandbox that serves the file and is recorded too. */
	redirectTo?: string;
}

export interface RecordedSample {
	method: string;
	/** With its query, as the caller wrote it. */
	url: string;
	/** Empty for a file that is no sample of a voice. */
	voice_id: string;
	headers: Record<string, string | string[] | undefined>;
	/** performance.now() at arrival. */
	time: number;
	/** HTTP status answered; absent while there is none. */
	status?: number;
	/** Bytes of the body handed to the socket: with `huge`, how soon the caller had enough. */
	bytes: number;
}

const MOVED = '/_sandbox/samples/moved.mp3';
const HUGE_BYTES = 64 * 1024 * 1024;
const mp3 = readFileSync(join(__dirname, 'clips/narrator.mp3'));

type SampleKind = NonNullable<SampleOptions['kind']> | 'sound';

const answers: Record<SampleKind, (call: SampleCall) => Promise<unknown>> = {
	sound: async (call) => await send(call, call.content.bytes.length, true),
	missing: async ({ res }) => res.status(404).type('text').send('Not Found'),
	huge: async (call) => {
		const { bytes = HUGE_BYTES, withLength = false } = call.options;
		await send(call, bytes, withLength);
	},
	redirect: async ({ res, options, moved }) => {
		res.redirect(302, options.redirectTo ?? moved);
	},
	html: async ({ res }) => res.type('html').send('<!doctype html><title>Sign in</title>'),
};

interface Content {
	ending: string;
	bytes: Buffer;
	/** Whether more of it is the same again. */
	isEndless: boolean;
}

interface SampleCall {
	req: Request;
	res: Response;
	record: RecordedSample;
	options: SampleOptions;
	content: Content;
	/** Where the file is when it has moved. */
	moved: string;
}

/** What files are served from: a sandbox and its present world. */
export interface SampleSource {
	readonly options: { sample: SampleOptions; media: SampleOptions };
	readonly samples: RecordedSample[];
	readonly downloads: RecordedSample[];
	readonly world: { readonly shelf: Shelf; readonly stopping: AbortController };
}

/** Notes a call, and answers it as the options say. */
async function serve(
	call: Omit<SampleCall, 'record'>,
	log: RecordedSample[],
	stopping: AbortSignal,
): Promise<void> {
	const { req, res, options } = call;
	const { method, originalUrl: url, headers, query } = req;
	const record: RecordedSample = {
		method,
		url,
		voice_id: typeof query.voice === 'string' ? query.voice : '',
		headers,
		time: performance.now(),
		bytes: 0,
	};
	log.push(record);
	const { kind = 'sound', delayMs = 0 } = options;
	// A reset or the close ends the wait early; nobody waits for the answer then.
	await sleep(delayMs, undefined, { signal: stopping }).catch(() => undefined);
	// A caller that hangs up early is what `huge` is for.
	await answers[kind]({ ...call, record }).catch(() => undefined);
	record.status = res.statusCode;
}

/**
 * Answers a voice's `trial_url`, and files that tasks made. The clip of the same name without `?voice=` stays what it
 * is, a clip to make voices of.
 */
export function mountSamples(app: Express, source: SampleSource): void {
	const content: Content = { ending: 'mp3', bytes: mp3, isEndless: true };
	const sample = async (req: Request, res: Response, options: SampleOptions) => {
		const moved = `${MOVED}?voice=${String(req.query.voice)}`;
		const call = { req, res, options, content, moved };
		await serve(call, source.samples, source.world.stopping.signal);
	};
	app.get('/_sandbox/clips/narrator.mp3', async (req, res, next) => {
		if (req.query.voice === undefined) next();
		else await sample(req, res, source.options.sample);
	});
	app.get(MOVED, async (req, res) => await sample(req, res, {}));
	app.get('/_sandbox/media/:name', async (req, res) => {
		const { name } = req.params;
		const found = findFile(name, source.world.shelf);
		if (!isSigned(name, req.query)) res.status(403).type('text').send('AccessDenied');
		else if (!found) res.status(404).type('text').send('NoSuchKey');
		else {
			const moved = `${req.originalUrl}&moved=1`;
			const options = req.query.moved === undefined ? source.options.media : {};
			const call = { req, res, options, content: found, moved };
			await serve(call, source.downloads, source.world.stopping.signal);
		}
	});
}

function findFile(name: string, shelf: Shelf): Content | undefined {
	const [id = '', ending = ''] = name.split('.');
	const media = shelf.media(id);
	const bytes = media && contentOf(media, ending);
	return bytes && { ending, bytes, isEndless: ending === 'mp3' };
}

const ZEROS = Buffer.alloc(64 * 1024);

/** The header of an mp4 box of `length` bytes that players skip; its size has 64 bits. */
function freeBox(length: number): Buffer {
	const header = Buffer.alloc(16);
	header.writeUInt32BE(1, 0);
	header.write('free', 4, 'latin1');
	header.writeBigUInt64BE(BigInt(length), 8);
	return header;
}

/** The file, and behind it what makes it `length` bytes long. */
function* piecesOf({ bytes, ending, isEndless }: Content, length: number): Generator<Buffer> {
	let left = length;
	const rest = length - bytes.length;
	const box = ending === 'mp4' && rest >= 16 ? [freeBox(rest)] : [];
	for (const piece of [bytes, ...box]) {
		const cut = piece.subarray(0, left);
		left -= cut.length;
		yield cut;
	}
	const filling = isEndless ? bytes : ZEROS;
	for (; left > 0; left -= filling.length) yield filling.subarray(0, left);
}

async function send(
	{ req, res, record, content }: SampleCall,
	length: number,
	withLength: boolean,
): Promise<void> {
	res.type(content.ending);
	if (withLength) res.set('content-length', String(length));
	if (req.method === 'HEAD') {
		res.end();
		return;
	}
	const counted = function* () {
		for (const piece of piecesOf(content, length)) {
			record.bytes += piece.length;
			yield piece;
		}
	};
	record.status = res.statusCode;
	await pipeline(Readable.from(counted(), { objectMode: false }), res);
}
