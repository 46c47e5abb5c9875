import { ClipFault, fault, MAX_CLIP_BYTES, type ClipFile } from './clip';
import { Pieces } from './pieces';
import { Turn } from './turn';

const KB = 1024;
/** Most of what is asked for stands in the first few KB, so the first chunks are small. */
const SMALL_CHUNK = 16 * KB;
/** What lies further ahead than this is reached faster by starting again with large chunks. */
const FAR = 1024 * KB;
const LARGE_CHUNK = 512 * KB;
/** How far a reader may step back without a new stream. */
const LOOK_BACK = 256 * KB;

/** As long as one stream of the web may take; it bounds all of them together. */
const MAX_MS = 120_000;

const TOO_LARGE = fault(
	`is too large: its first ${MAX_CLIP_BYTES / KB / KB} MB do not show how long it is`,
	'Cut it to 30 s beforehand, or convert its sound to mp3 or wav.',
);

const TOO_SLOW = fault(
	'came too slowly: reading it took longer than two minutes',
	'Fetch the file first, for example with an HTTP Request node.',
);

/** Any part of a file that can only be read forwards. Starts again for a part that has already passed. */
export class ClipBytes {
	private readonly pieces = new Pieces();
	private stream: AsyncIterator<Uint8Array> | undefined;
	private chunkBytes = SMALL_CHUNK;
	/** Of the next byte that the stream gives. */
	private position = 0;
	private size: number | undefined;
	/** Of all streams together. */
	private bytesRead = 0;
	private queue: Promise<unknown> = Promise.resolve();
	private readsInQueue = 0;
	private readonly began = performance.now();
	private readonly turn = new Turn();
	/** Set when the file itself could not be read, which says nothing about the clip. */
	failure: Error | undefined;

	constructor(private readonly file: ClipFile) {
		this.size = file.sizeBytes;
	}

	/** `undefined` until the end was seen of a file that came without its size. */
	get knownSize(): number | undefined {
		return this.size;
	}

	/** Reads through to the end where the size is not known. */
	async measuredSize(): Promise<number> {
		if (this.size === undefined)
			await this.read(Number.MAX_SAFE_INTEGER - 1, Number.MAX_SAFE_INTEGER);
		return this.size ?? this.position;
	}

	/** @returns fewer bytes than asked for where the file ends */
	async read(start: number, end: number): Promise<Uint8Array> {
		if (this.turn.isOver) await this.turn.next();
		return this.inMemory(start, end) ?? (await this.readInQueue(start, end));
	}

	async close(): Promise<void> {
		const { stream } = this;
		this.stream = undefined;
		await stream?.return?.();
	}

	/**
	 * The short way for the many small reads of parsers.
	 * @returns `undefined` where it takes a `read`
	 */
	inMemory(start: number, end: number): Uint8Array | undefined {
		if (this.readsInQueue > 0 || this.turn.isOver) return undefined;
		return this.pieces.within(start, end);
	}

	/** There is only one stream, so each read waits for the one before it. */
	private async readInQueue(start: number, end: number): Promise<Uint8Array> {
		this.readsInQueue += 1;
		const result = this.queue.then(async () => await this.readNow(start, end));
		this.queue = result.catch(() => undefined);
		try {
			return await result;
		} finally {
			this.readsInQueue -= 1;
		}
	}

	private async readNow(start: number, end: number): Promise<Uint8Array> {
		const wanted = () => Math.max(start, Math.min(end, this.size ?? Infinity));
		let from = this.pieces.firstMissing(start, wanted());
		while (from < wanted()) {
			await this.moveTo(from);
			if (!(await this.takeChunk(start))) break;
			from = this.pieces.firstMissing(start, wanted());
		}
		return this.pieces.joined(start, wanted());
	}

	/** Makes sure that the open stream has `from` still before it. */
	private async moveTo(from: number): Promise<void> {
		const far = !this.file.isFromWeb && from - this.position > FAR && this.chunkBytes < LARGE_CHUNK;
		if (this.stream && from >= this.position && !far) return;
		await this.close();
		this.chunkBytes = from > FAR ? LARGE_CHUNK : SMALL_CHUNK;
		this.position = 0;
		try {
			this.stream = (await this.file.open(this.chunkBytes))[Symbol.asyncIterator]();
		} catch (error) {
			throw this.failed(error);
		}
	}

	/**
	 * Reads the next chunk. Streams of the web give crumbs, which are joined to fill one.
	 * @returns whether there was anything
	 */
	private async takeChunk(keepFrom: number): Promise<boolean> {
		const start = this.position;
		let bytes = await this.next();
		if (!bytes) return false;
		if (bytes.length < this.chunkBytes) bytes = await this.filled(bytes);
		this.pieces.keep(
			{ start, end: this.position, bytes },
			Math.min(keepFrom, this.position) - LOOK_BACK,
		);
		return true;
	}

	private async filled(first: Uint8Array): Promise<Uint8Array> {
		let bytes = first;
		let length = first.length;
		while (length < this.chunkBytes && this.position < (this.size ?? Infinity)) {
			const crumb = await this.next();
			if (!crumb) break;
			if (length + crumb.length > bytes.length) {
				const wider = Buffer.alloc(Math.max(this.chunkBytes, length + crumb.length));
				wider.set(bytes.subarray(0, length));
				bytes = wider;
			}
			bytes.set(crumb, length);
			length += crumb.length;
		}
		return bytes.subarray(0, length);
	}

	/** @returns `undefined` at the end of the file */
	private async next(): Promise<Uint8Array | undefined> {
		if (this.turn.isOver) await this.turn.next();
		const next = await this.nextOfStream();
		if (!next || next.done) {
			this.stream = undefined;
			this.size = this.position;
			return undefined;
		}
		this.position += next.value.length;
		this.bytesRead += next.value.length;
		if (performance.now() - this.began > MAX_MS) throw new ClipFault(TOO_SLOW);
		if (this.bytesRead > MAX_CLIP_BYTES) throw new ClipFault(TOO_LARGE);
		return next.value;
	}

	private async nextOfStream(): Promise<IteratorResult<Uint8Array> | undefined> {
		try {
			return await this.stream?.next();
		} catch (error) {
			throw this.failed(error);
		}
	}

	private failed(error: unknown): Error {
		this.failure = error instanceof Error ? error : new Error(String(error));
		return this.failure;
	}
}
