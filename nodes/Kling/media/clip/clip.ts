import { failed, refused, type Failure, type Problem } from '../../api/reply';

/** A file that can be read from its start as often as needed, and is never held whole. */
export interface ClipFile {
	/** `undefined` when unknown. */
	sizeBytes?: number;
	/** For messages only: what a file is called says nothing about what is in it. */
	name?: string;
	/** Whether each stream is a request of its own, whose chunks come as the server sends them. */
	isFromWeb?: boolean;
	/**
	 * A fresh stream from byte 0; leaving its loop early closes it.
	 * @param chunkBytes the wish for the size of a chunk
	 */
	open(chunkBytes?: number): Promise<AsyncIterable<Uint8Array>>;
}

/** What Kling takes. */
export type TakenFormat = 'mp3' | 'wav' | 'mp4' | 'mov';
/** What becomes a wav here, where its sound is Opus. */
export type ConvertibleFormat = 'ogg' | 'webm' | 'mkv';
export type ClipFormat = TakenFormat | ConvertibleFormat;

/** As a message calls them. */
export const CONVERTIBLE: Record<ConvertibleFormat, string> = {
	ogg: 'Ogg',
	webm: 'WebM',
	mkv: 'Matroska',
};

/** Such a file as a message calls it. */
export const opusFile = (format: ConvertibleFormat): string =>
	`${format === 'ogg' ? 'an' : 'a'} ${CONVERTIBLE[format]} file with Opus sound`;

export const isConvertible = (format: string): format is ConvertibleFormat =>
	Object.hasOwn(CONVERTIBLE, format);

export interface Clip {
	format: ClipFormat;
	mimeType: string;
	/** Of the sound. An estimate for an mp3 of more than a minute. */
	seconds: number;
}

export interface Length {
	seconds: number;
	/** Whether there is more, and nobody knows how much. */
	isMinimum?: boolean;
	/** How much of it an encoder may have added to fill its frames. */
	paddingSeconds?: number;
}

/** @param what continues "The clip" */
export const fault = (what: string, advice: string): Failure => failed(refused(what, advice));

/** For a file of which too little is left to tell what is missing. */
export const FETCH_AGAIN = 'Export or fetch the file again; a download may have ended early.';

/** Thrown for a fault that is found so deep inside a file that no caller in between has anything to add. */
export class ClipFault extends Error {
	constructor(readonly failure: Failure) {
		super(failure.problem.what);
	}
}

/** Limits what is read of a clip, over all its streams together. */
export const MAX_CLIP_BYTES = 512 * 1024 * 1024;

/** Kling's page on voice customization. */
export const MIN_SECONDS = 5;
export const MAX_SECONDS = 30;

/** After this much a length is only estimated: what Kling takes has long been exceeded. */
export const MEASURED_SECONDS = 60;

/** What is tolerated in any clip: one cut to 30 s may measure a few hundredths more. */
const ROUNDING_SECONDS = 0.1;
/** At the lowest sample rates of speech, the frames that encoders add are as long as this. */
const MOST_PADDING_SECONDS = 0.3;

/** @param paddingSeconds how much of it an encoder may have added */
export const isTooLong = (seconds: number, paddingSeconds = 0): boolean =>
	seconds >
	MAX_SECONDS + Math.min(MOST_PADDING_SECONDS, Math.max(ROUNDING_SECONDS, paddingSeconds));

/** Names the clip in a problem that was found in it. */
export const ofClip = ({ name }: ClipFile, problem: Problem): Failure =>
	failed({ ...problem, what: `The clip ${name ? `"${name}" ` : ''}${problem.what}` });
