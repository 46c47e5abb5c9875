import type { GenericValue, IDataObject, IExecuteFunctions } from 'n8n-workflow';

import { failed, ok, type Reply } from '../../api/reply';
import { clipUrlFault, webAddress } from '../../media/clipUrl';
import { unreachableReason } from '../../media/reachable';
import { readId, refused } from '../../operation/read';

/** Addresses and ids are pasted, often with a blank or line break around them. */
const PASTED = new Set(['voice_url', 'video_id', 'callback_url', 'external_task_id']);

/** Counted as a person counts them: code points, not UTF-16 units. Source: Kling's voice page. */
const LONGEST_NAME = 20;

export interface CreateBody extends IDataObject {
	voice_name: string;
	voice_url?: string;
	video_id?: string;
	callback_url?: string;
	external_task_id: string;
}

export interface CreateOptions {
	additionalFields?: string | IDataObject;
	callbackUrl?: string;
	checkClip?: boolean;
	downloadSample?: boolean;
	externalTaskId?: string;
	outputPropertyName?: string;
	timeout?: number;
	trimClip?: boolean;
}

/** Where the voice comes from: the parameter to read and the one key that the body then carries. A file has its own way. */
const SOURCES: Record<string, { parameter: string; bodyKey: string }> = {
	url: { parameter: 'voiceUrl', bodyKey: 'voice_url' },
	video: { parameter: 'videoId', bodyKey: 'video_id' },
};

/** The documented fields; `checkBody` leaves out those that are not set. */
export function readBody(
	context: IExecuteFunctions,
	itemIndex: number,
	options: CreateOptions,
): IDataObject {
	const source = SOURCES[context.getNodeParameter('voiceSource', itemIndex) as string];
	return {
		voice_name: asText(context.getNodeParameter('voiceName', itemIndex)),
		...(source && { [source.bodyKey]: context.getNodeParameter(source.parameter, itemIndex) }),
		callback_url: options.callbackUrl,
		...(isSet(options.externalTaskId) && { external_task_id: asText(options.externalTaskId) }),
	};
}

/** One check: the first fault it finds, in words, and what to do about it. */
type Check = (body: IDataObject, apiHost: string) => Fault | undefined | Promise<Fault | undefined>;

interface Fault {
	what: string;
	advice: string;
}

const CHECKS: Check[] = [
	checkName,
	checkSource,
	checkClipUrl,
	checkVideoId,
	checkCallbackUrl,
	checkExternalId,
];

/**
 * Refuses before any request what Kling would refuse after it, or worse, would charge for.
 * @param body the parameters of one item, additional fields included
 * @param apiHost host of the credential's base URL: a local API may be given local addresses
 */
export async function checkBody(body: IDataObject, apiHost: string): Promise<Reply<CreateBody>> {
	const set: IDataObject = {};
	for (const [key, value] of Object.entries(body)) {
		const clean = PASTED.has(key) ? pasted(value) : value;
		if (isSet(clean)) set[key] = clean;
	}
	for (const check of CHECKS) {
		const fault = await check(set, apiHost);
		if (fault) return failed(refused(fault.what, fault.advice));
	}
	return ok(set as CreateBody);
}

function checkName({ voice_name: name }: IDataObject): Fault | undefined {
	if (typeof name !== 'string' || name.trim() === '') {
		return { what: 'The voice has no name', advice: 'Enter a Voice Name of 1 to 20 characters.' };
	}
	const length = [...name].length;
	if (length <= LONGEST_NAME) return undefined;
	return {
		what: `The voice name "${name}" has ${length} characters; Kling allows ${LONGEST_NAME}`,
		advice: 'Shorten Voice Name.',
	};
}

function checkSource({ voice_url: url, video_id: id }: IDataObject): Fault | undefined {
	if ((url === undefined) !== (id === undefined)) return undefined;
	return url === undefined
		? {
				what: 'There is no source for the voice',
				advice:
					'Fill in Voice URL or Video ID; an expression there may give nothing. Or choose File in Voice Source.',
			}
		: {
				what: 'There are two sources for one voice: voice_url and video_id',
				advice: 'Give one of them; look into Additional Fields (JSON) for the other.',
			};
}

async function checkClipUrl(
	{ voice_url: url }: IDataObject,
	apiHost: string,
): Promise<Fault | undefined> {
	if (url === undefined) return undefined;
	const what = clipUrlFault(String(url)) ?? (await unreachableReason(String(url), apiHost));
	return what ? { what, advice: 'Enter a public address of a clip in Voice URL.' } : undefined;
}

function checkVideoId({ video_id: id }: IDataObject): Fault | undefined {
	if (id === undefined) return undefined;
	if (typeof id === 'number') {
		const read = readId(id, 'Video ID');
		return read.ok ? undefined : read.problem;
	}
	if (typeof id === 'string' && /^[\w-]+$/.test(id)) return undefined;
	return {
		what: `"${String(id)}" is not the ID of a Kling video`,
		advice:
			'Enter the ID of the video itself (task_result.videos[0].id of the finished task) as text, not its URL.',
	};
}

async function checkCallbackUrl(
	{ callback_url: url }: IDataObject,
	apiHost: string,
): Promise<Fault | undefined> {
	if (url === undefined) return undefined;
	const what = webAddress(String(url))
		? await unreachableReason(String(url), apiHost)
		: `The callback URL "${String(url)}" does not begin with http:// or https://`;
	return what
		? { what, advice: 'Enter a public address in Callback URL, or leave it empty.' }
		: undefined;
}

function checkExternalId({ external_task_id: id }: IDataObject): Fault | undefined {
	if (typeof id === 'string' && id.trim() !== '') return undefined;
	return {
		what: 'The external task ID is not a text',
		advice: 'Leave External Task ID empty to have one made, or enter a text.',
	};
}

function isSet(value: unknown): boolean {
	return value !== '' && value !== undefined && value !== null;
}

function pasted(value: IDataObject[string]): IDataObject[string] {
	return typeof value === 'string'
		? value.trim()
		: typeof value === 'number'
			? asText(value)
			: value;
}

/** An expression gives a number for a name such as 2024, or an ID such as 1042. */
function asText(value: GenericValue): GenericValue {
	return typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : value;
}
