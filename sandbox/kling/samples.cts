import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Express, Request, Response } from 'express';

/** What is wrong with the voice samples; read for each call. */
export interface SampleOptions {
	/**
	 * `missing`: 404. `huge`: the mp3 over and over. `redirect`: 302. `html`: a page instead of a sound, with
	 * status 200.
	 */
	kind?: 'missing' | 'huge' | 'redirect' | 'html';
	/** Waits this long before the first byte. Goes with every kind, and with none. */
	delayMs?: number;
	/** How much `huge` sends. Default 64 MiB. */
	bytes?: number;
	/** Whether `huge` says how much it will send. Default: no. */
	withLength?: boolean;
	/** Where `redirect` leads. Default: a path of the sandbox that serves the mp3 and is recorded too. */
	redirectTo?: string;
}

export interface RecordedSample {
	method: string;
	/** With its query, as the caller wrote it. */
	url: string;
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
	sound: async (call) => await send(call, mp3.length, true),
	missing: async ({ res }) => res.status(404).type('text').send('Not Found'),
	huge: async (call) => {
		const { bytes = HUGE_BYTES, withLength = false } = call.options;
		await send(call, bytes, withLength);
	},
	redirect: async ({ res, record, options }) => {
		res.redirect(302, options.redirectTo ?? `${MOVED}?voice=${record.voice_id}`);
	},
	html: async ({ res }) => res.type('html').send('<!doctype html><title>Sign in</title>'),
};

interface SampleCall {
	req: Request;
	res: Response;
	record: RecordedSample;
	options: SampleOptions;
}

/** Answers a voice's `trial_url`; the same file without `?voice=` stays what it is, a clip to make voices of. */
export function mountSamples(
	app: Express,
	options: { sample: SampleOptions },
	log: RecordedSample[],
	stopping: () => AbortSignal,
): void {
	const answer = async (req: Request, res: Response, sample: SampleOptions) => {
		const { method, originalUrl: url, headers, query } = req;
		const voice_id = typeof query.voice === 'string' ? query.voice : '';
		const record: RecordedSample = {
			method,
			url,
			voice_id,
			headers,
			time: performance.now(),
			bytes: 0,
		};
		log.push(record);
		const { kind = 'sound', delayMs = 0 } = sample;
		// A reset or the close ends the wait early; nobody waits for the answer then.
		await sleep(delayMs, undefined, { signal: stopping() }).catch(() => undefined);
		// A caller that hangs up early is what `huge` is for.
		await answers[kind]({ req, res, record, options: sample }).catch(() => undefined);
		record.status = res.statusCode;
	};
	app.get('/_sandbox/clips/narrator.mp3', async (req, res, next) => {
		if (req.query.voice === undefined) next();
		else await answer(req, res, options.sample);
	});
	app.get(MOVED, async (req, res) => await answer(req, res, {}));
}

async function send(
	{ req, res, record }: SampleCall,
	length: number,
	withLength: boolean,
): Promise<void> {
	res.type('mp3');
	if (withLength) res.set('content-length', String(length));
	if (req.method === 'HEAD') {
		res.end();
		return;
	}
	const chunks = function* () {
		for (let left = length; left > 0; left -= mp3.length) {
			const chunk = mp3.subarray(0, left);
			record.bytes += chunk.length;
			yield chunk;
		}
	};
	record.status = res.statusCode;
	await pipeline(Readable.from(chunks(), { objectMode: false }), res);
}
