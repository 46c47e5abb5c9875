import type { NamedError } from './errors.cjs';
import type { TaskKind } from './kinds/index.cjs';
import type { SampleOptions } from './samples.cjs';
import type { StrangeShape } from './strange.cjs';

/** Shapes of a successful answer: Kling's pages and the sources of New-API. */
export const envelopeNames = [
	'official',
	'codeWord',
	'code200',
	'codeTrue',
	'bare',
	'openAiVideo',
	'newApiFetch',
	'noData',
	'echo',
	'empty',
	'emptyObject',
] as const;
export type EnvelopeName = (typeof envelopeNames)[number];

export const faultKinds = [
	'answerLost',
	'resetBefore',
	'errorBefore',
	'errorAfter',
	'htmlPage',
	'slow',
	'envelope',
	'taskFails',
	'anotherTask',
	'strange',
	'rateLimited',
	'tooManyInFlight',
] as const;
export type FaultKind = (typeof faultKinds)[number];

export const faultRoutes = [
	'create',
	'get',
	'list',
	'presets',
	'delete',
	'usage',
	'costs',
	'any',
] as const;
export type FaultRoute = (typeof faultRoutes)[number];
export type ApiRoute = Exclude<FaultRoute, 'any'>;

export interface FaultRule {
	on: FaultRoute;
	kind: FaultKind;
	/** HTTP status of `errorBefore`, `errorAfter` (default 500) and `htmlPage` (default 502). */
	status?: number;
	/** Answered as it is; a string goes out as text. Wins over `code`, `message` and `error`. */
	body?: unknown;
	code?: number | string;
	/** Text of the error; for `taskFails` the `task_status_msg`. */
	message?: string;
	/** A ready-made answer of `errors.cts`, by name. */
	error?: NamedError;
	/** Waits this long before answering, whatever the kind. */
	delayMs?: number;
	envelope?: EnvelopeName;
	/** How `strange` spoils the right answer; without it, each in its turn. */
	shape?: StrangeShape;
	headers?: Record<string, string>;
	/** 0..1, drawn from the seed. Default 1. */
	probability?: number;
	/** At most this many hits. Default unlimited. */
	times?: number;
	/** Lets the first n matching requests pass. */
	skip?: number;
	match?: { voice_name?: string; kind?: TaskKind };
}

export interface CallbackFaults {
	/** Probability that a callback is never sent. */
	dropped?: number;
	/** Probability that a callback is sent twice. */
	doubled?: number;
	/** Every callback leaves this much later. */
	delayedMs?: number;
	/** Holds a task's callbacks until its end and sends them in random order. */
	shuffled?: boolean;
}

/** `false` = this gateway does not offer the route. */
export interface OfferedRoutes {
	create?: boolean;
	/** Default: offered by a gateway, not by the official look (`prefix: ''`). */
	usage?: boolean;
	costs?: boolean;
	get?: boolean;
	list?: boolean;
	presets?: boolean;
	delete?: boolean;
	/** `false` = no route of this kind; `true` = although `offers` says otherwise. */
	kinds?: Partial<Record<TaskKind, boolean>>;
	/** `false` = a task is found by its task id only. */
	findByExternalId?: boolean;
}

export interface SandboxOptions {
	/** Default 0 = any free port. Always listens on 127.0.0.1. */
	port?: number;
	seed?: number;
	/** `/kling` (default) looks like a gateway, the empty string like the official API. */
	prefix?: string;
	apiKeys?: string[];
	accessKey?: string;
	secretKey?: string;
	submittedMs?: number;
	processingMs?: number;
	/**
	 * How many accounts of Kling a gateway has behind it, default 1: creates take turns, a list and a look by external
	 * id go to the last one, a look by task id to the task's own.
	 */
	accounts?: number;
	/** How long a create call takes to answer. */
	createMs?: number;
	/** Concurrency cap: 429 / 1303. */
	maxInFlight?: number;
	slotHeldBy?: 'request' | 'task';
	/** Token bucket over all `/v1` calls, one second deep: 429 / 1302. */
	ratePerSecond?: number;
	/** Sent as `Retry-After` with 1302 and 1303. */
	retryAfterSeconds?: number;
	/** Hides 1302 and 1303 behind New-API's "group saturated" text, as stock New-API does. */
	hide429?: boolean;
	/**
	 * Fetch and judge files, and the video behind the `video_id` of a voice; `false` accepts each of them unseen. Other
	 * ids are always looked up.
	 */
	fetchClips?: boolean;
	callbacks?: boolean;
	/** Whether callbacks carry `task_result.voices` (not documented by Kling). Default true. */
	callbackVoices?: boolean;
	/** The bare task (default), or the payload of Kling's new standard. */
	callbackForm?: 'legacy' | 'newStandard';
	/** `whsec_…`: sign callbacks (Standard Webhooks). */
	webhookSecret?: string;
	callbackFaults?: CallbackFaults;
	/** `echo`, `noData`, `empty` and `emptyObject` set here change create and delete only. */
	envelope?: EnvelopeName;
	idsAsNumbers?: boolean;
	secondsTimestamps?: boolean;
	statusSpelling?: 'legacy' | 'newStandard' | 'newApi';
	/** How `presets` wraps its voices: task-like rows (documented), or a gateway's idea of a list. */
	presetsShape?: 'tasks' | 'voices' | 'list' | 'voicesKey' | 'items' | 'rows';
	/** Rows of a page at most, whatever is asked for. */
	pageCap?: number;
	/** Whether a page beyond the last one shows that one again. */
	repeatsLastPage?: boolean;
	/** Whether a list is an object with `items` and their `total`. */
	listWithTotal?: boolean;
	/** Adds a flat `voice_id` beside `task_result`, as some gateways do. */
	flatVoiceId?: boolean;
	/** What is wrong with the voices' `trial_url`; nothing by default. */
	sample?: SampleOptions;
	/** The same for files that tasks made. */
	media?: SampleOptions;
	/** How many faces a video has. Default 1. */
	faces?: number;
	/** How far the answers to get and list are behind, as with a gateway that has a table of its own. Default 0. */
	lagMs?: number;
	/** Units of the resource pack; once they are used up, creates are refused with 1102. Default: no end. */
	packUnits?: number;
	/** Which kinds and routes there are: all (default), those of KKI AI's pages, or those of its siblings. */
	offers?: 'all' | 'kkiai' | 'sibling';
	routes?: OfferedRoutes;
	faults?: FaultRule[];
	/** `true` = keep all requests, a number = the last n, `false` = none. */
	recordRequests?: boolean | number;
}

/** What has a default is always there; what has none stays optional. */
export type ResolvedOptions = Required<Omit<SandboxOptions, OptionalKey>> &
	Pick<SandboxOptions, OptionalKey>;

type OptionalKey =
	| 'maxInFlight'
	| 'packUnits'
	| 'ratePerSecond'
	| 'retryAfterSeconds'
	| 'webhookSecret'
	| 'callbackFaults';

export function resolveOptions(options: SandboxOptions): ResolvedOptions {
	return {
		port: 0,
		seed: 1,
		prefix: '/kling',
		apiKeys: ['sandbox-key'],
		accessKey: 'sandbox-access',
		secretKey: 'sandbox-secret-sandbox-secret-0123',
		submittedMs: 200,
		processingMs: 300,
		accounts: 1,
		createMs: 0,
		slotHeldBy: 'task',
		hide429: false,
		fetchClips: true,
		callbacks: true,
		callbackVoices: true,
		callbackForm: 'legacy',
		envelope: 'official',
		idsAsNumbers: false,
		secondsTimestamps: false,
		statusSpelling: 'legacy',
		presetsShape: 'tasks',
		pageCap: 1000,
		repeatsLastPage: false,
		listWithTotal: false,
		flatVoiceId: false,
		sample: {},
		media: {},
		faces: 1,
		lagMs: 0,
		offers: 'all',
		routes: {},
		faults: [],
		recordRequests: true,
		...options,
	};
}
