import type { RawResponse } from '../errors.cjs';
import type { Media, Session } from '../media/shelf.cjs';
import type { Judge } from '../media/judge.cjs';

export type Body = Record<string, unknown>;

/** What a finished task gives; each has its own form of `task_result`. */
export type Product =
	'voice' | 'video' | 'image' | 'audio' | 'sound' | 'scoredVideo' | 'element' | 'faces';

/** What a rule may know besides the body. */
export interface Surroundings {
	/** Whether this is a voice that speaks: a preset or a custom one that exists. */
	isVoice(id: string): boolean;
	/** Only while the file is kept. */
	media(id: string): Media | undefined;
	/** Faces that were found in a video less than a day ago. */
	session(id: string): Session | undefined;
	/** Whether videos behind a voice's `video_id` are looked at, as files are. */
	readonly judges: boolean;
	readonly isKkiai: boolean;
}

export interface Order {
	body: Body;
	world: Surroundings;
}

/** Says what is wrong, to be refused as 1201, or refuses in full; undefined when the rule is kept. */
export type Rule = (order: Order) => string | RawResponse | undefined;

/** A file that the body names, looked at while the task is processing. */
export interface Source {
	/** An address or raw Base64; undefined when the body has none. */
	of: (body: Body) => string | undefined;
	judge: Judge;
	/** Whether the result is as long as this file. */
	setsLength?: boolean;
}

/** One kind of task: what is special about its endpoint. */
export interface Kind {
	/** Below the prefix, as on Kling's pages. */
	path: string;
	makes: Product;
	rules: readonly Rule[];
	sources?: readonly Source[];
	/** Length of the result in seconds, where the body says it. Default 5. */
	seconds?: (order: Order) => number;
	/** Whether the result can be heard. */
	hasSound?: (body: Body) => boolean;
	/** In units; Kling's page on prices. */
	price: (order: Order, seconds: number) => number;
	pack?: 'video' | 'image';
	/** Most rows of one page. Default 500. */
	pageSize?: number;
	/** Where the body has `callback_url` and `external_task_id`. Default: in the body itself. */
	ids?: 'options' | 'none';
	/** Answered with the result; cannot be asked for later. */
	isInstant?: true;
	/** The model stands in the path, `/tasks` is asked for the task, and only an API key opens it. */
	isNewStandard?: true;
	/** Who documents it besides Kling: KKI AI and its siblings (`kkiai`), only the siblings (default), nobody. */
	offeredBy?: 'kkiai' | 'kling';
}
