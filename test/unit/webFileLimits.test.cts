import { Readable } from 'node:stream';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { openWebFile as openLimited } from '../../nodes/Kling/media/webFile';
import { contextOf } from '../support/contexts.cjs';
import { problemOf, valueOf } from '../support/answers.cjs';
import { ADDRESS, MOST, PUBLIC, openWebFile, to, web } from '../support/webPages.cjs';

describe('The time of a web file', () => {
	test('is limited, for the body as well', async () => {
		const { context, asked } = web({ [ADDRESS]: {} });
		await openWebFile(context, ADDRESS, PUBLIC, MOST);
		expect(asked[0]?.timeout).toBe(120_000);
		expect(asked[0]?.abortSignal).toBeInstanceOf(AbortSignal);
	});

	test('ends when the execution is stopped', async () => {
		const stop = new AbortController();
		const { context, asked } = web(
			{ [ADDRESS]: {} },
			{ getExecutionCancelSignal: () => stop.signal },
		);
		await openWebFile(context, ADDRESS, PUBLIC, MOST);
		expect(asked[0]?.abortSignal?.aborted).toBe(false);
		stop.abort();
		expect(asked[0]?.abortSignal?.aborted).toBe(true);
	});

	/** A body that begins, and whose server then says nothing more. */
	const stalled = () => {
		let begun = false;
		return new Readable({
			read() {
				if (!begun) this.push('speech');
				begun = true;
			},
		});
	};

	function shortly(ms: number): void {
		const timeout = AbortSignal.timeout.bind(AbortSignal);
		jest.spyOn(AbortSignal, 'timeout').mockImplementation(() => timeout(ms));
	}

	afterEach(() => {
		jest.restoreAllMocks();
	});

	async function readUp(stream: AsyncIterable<unknown>): Promise<number> {
		let chunks = 0;
		for await (const chunk of stream) if (chunk) chunks += 1;
		return chunks;
	}

	// Node 20 collects the result of AbortSignal.any while only a timer waits for it.
	test('is over for a stalled body even after a garbage collection', async () => {
		setFlagsFromString('--expose-gc');
		const collect = runInNewContext('gc') as () => void;
		shortly(300);
		const stop = new AbortController();
		const more = { getExecutionCancelSignal: () => stop.signal };
		const { context } = web({ [ADDRESS]: { body: stalled() } }, more);
		const { stream } = valueOf(await openWebFile(context, ADDRESS, PUBLIC, MOST));
		const reading = readUp(stream);
		const collecting = setInterval(collect, 50);
		try {
			await expect(reading).rejects.toThrow('it took longer than 120 s');
		} finally {
			clearInterval(collecting);
		}
	});

	test('may be up before the file is asked for', async () => {
		const { context } = web({ [ADDRESS]: { body: stalled() } });
		expect(await openLimited(context, ADDRESS, PUBLIC, MOST, -5)).toHaveProperty('ok');
	});

	test('is over for a body that never ends', async () => {
		shortly(100);
		const endless = new Readable({
			read() {
				setImmediate(() => this.push(Buffer.alloc(1000)));
			},
		});
		const { context } = web({ [ADDRESS]: { body: endless } });
		const { stream } = valueOf(await openWebFile(context, ADDRESS, PUBLIC, MOST));
		await expect(readUp(stream)).rejects.toThrow('it took longer than 120 s');
	});

	test('is over for a body that is never read, without an unhandled error', async () => {
		shortly(50);
		const { context } = web({ [ADDRESS]: { body: stalled() } });
		const { stream } = valueOf(await openWebFile(context, ADDRESS, PUBLIC, MOST));
		await new Promise((resolve) => stream.once('close', resolve));
		expect(stream.destroyed).toBe(true);
	});

	test('ends the body when the execution is stopped', async () => {
		const stop = new AbortController();
		const more = { getExecutionCancelSignal: () => stop.signal };
		const { context } = web({ [ADDRESS]: { body: stalled() } }, more);
		const { stream } = valueOf(await openWebFile(context, ADDRESS, PUBLIC, MOST));
		const reading = readUp(stream);
		setImmediate(() => stop.abort());
		await expect(reading).rejects.toThrow('the execution was stopped');
	});

	test('leaves no listener at the signal of the execution when the body is closed', async () => {
		const stop = new AbortController();
		const removed = jest.spyOn(stop.signal, 'removeEventListener');
		const more = { getExecutionCancelSignal: () => stop.signal };
		const { context, asked } = web({ [ADDRESS]: { body: stalled() } }, more);
		const { stream } = valueOf(await openWebFile(context, ADDRESS, PUBLIC, MOST));
		stream.destroy();
		await new Promise((resolve) => stream.once('close', resolve));
		expect(removed).toHaveBeenCalled();
		stop.abort();
		expect(asked[0]?.abortSignal?.aborted).toBe(false);
	});
});

describe('The size of a web file', () => {
	const bytes = (count: number) =>
		new Readable({
			read() {
				this.push(count-- > 0 ? Buffer.alloc(1000) : null);
			},
		});
	const readAll = async (stream: AsyncIterable<unknown>) => {
		let read = 0;
		for await (const chunk of stream) read += (chunk as Buffer).length;
		return read;
	};

	test('is refused before anything is read when more is announced', async () => {
		const body = bytes(10);
		const { context } = web({ [ADDRESS]: { body, headers: { 'content-length': '2000001' } } });
		const { what } = problemOf(await openWebFile(context, ADDRESS, PUBLIC, 2e6));
		expect(what).toContain('It is larger than');
		expect(body.destroyed).toBe(true);
	});

	test('is counted while it is read, whatever is announced', async () => {
		const body = bytes(1e9);
		const { context } = web({ [ADDRESS]: { body, headers: { 'content-length': '5' } } });
		const { stream } = valueOf(await openWebFile(context, ADDRESS, PUBLIC, 50_000));
		await expect(readAll(stream)).rejects.toThrow('It is larger than');
		await new Promise((resolve) => (body.closed ? resolve(0) : body.once('close', resolve)));
	});

	test('may be exactly the limit', async () => {
		const { context } = web({ [ADDRESS]: { body: bytes(50) } });
		const { stream } = valueOf(await openWebFile(context, ADDRESS, PUBLIC, 50_000));
		expect(await readAll(stream)).toBe(50_000);
	});
});

test("a web file that n8n's own guard refuses is refused in its words", async () => {
	const blocked = 'The request was blocked because it resolves to a restricted IP address';
	const context = contextOf({ helpers: { httpRequest: () => Promise.reject(new Error(blocked)) } });
	const { what } = problemOf(await openWebFile(context, ADDRESS, PUBLIC));
	expect(what).toContain(blocked);
	expect(what).toContain('N8N_SSRF_PROTECTION_ENABLED');
});

test('a message about a web file shows no password and no bot token', async () => {
	const { context } = web({ [ADDRESS]: to('s3://u:hunter2@a/file/bot123:ABC-d/x?sig=secret') });
	const problem = problemOf(await openWebFile(context, ADDRESS, PUBLIC));
	expect(JSON.stringify(problem)).not.toMatch(/hunter2|ABC-d|secret/);
});
