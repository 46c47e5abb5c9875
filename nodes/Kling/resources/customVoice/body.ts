import type { IDataObject } from 'n8n-workflow';

import { ok, refused, type Problem, type Reply } from '../../api/reply';
import { asText, requiredText, type Check } from '../../operation/checks';
import { locatorValue, parameter, type Item } from '../../operation/item';
import { readId } from '../../operation/read';
import { quoted, readAddress } from '../../media/address';
import { clipUrlFault } from '../../media/clipUrl';
import { unreachableReason } from '../../media/reachable';
import { sharePage, sharePageAdvice } from '../../media/sharePages';

/** Source: Kling's voice page. */
const LONGEST_NAME = 20;

/** Where the voice comes from: the parameter to read and the one key that the body then carries. A file has its own way. */
const SOURCES = new Map([
	['url', { parameterName: 'voiceUrl', bodyKey: 'voice_url' }],
	['video', { parameterName: 'videoId', bodyKey: 'video_id' }],
]);

export function readBody(item: Item): Reply<IDataObject> {
	const source = SOURCES.get(String(parameter(item, 'voiceSource', 'url')));
	return ok({
		voice_name: asText(parameter(item, 'voiceName', '')),
		...(source && {
			[source.bodyKey]: locatorValue(parameter(item, source.parameterName, '')),
		}),
	});
}

export const CHECKS: readonly Check[] = [
	requiredText('voice_name', {
		label: 'Voice Name',
		name: 'voice name',
		missing: 'The voice has no name',
		most: LONGEST_NAME,
	}),
	checkSource,
	checkClipUrl,
	checkVideoId,
];

function checkSource({ voice_url: url, video_id: id }: IDataObject): Problem | undefined {
	if ((url === undefined) !== (id === undefined)) return undefined;
	return url === undefined
		? refused(
				'There is no source for the voice',
				'Fill in Voice URL or Video, or choose File in Voice Source. An expression there may be empty.',
			)
		: refused(
				'There are two sources for one voice: voice_url and video_id',
				'Keep one of them; the other may be in Additional Fields (JSON).',
			);
}

async function checkClipUrl(
	{ voice_url: url }: IDataObject,
	apiHost: string,
): Promise<Problem | undefined> {
	if (url === undefined) return undefined;
	const read = readAddress(url);
	if ('fault' in read) {
		return refused(
			`The voice URL ${read.fault}`,
			'Enter the public address of a clip in Voice URL. For a file of the item, choose File in Voice Source.',
		);
	}
	const page = sharePage(read.url);
	if (page) {
		return refused(
			`The voice URL is a ${page.site} page about a file, not the file itself`,
			sharePageAdvice(page),
		);
	}
	const fault = clipUrlFault(read.url);
	if (fault) return refused(fault.what, fault.advice);
	const reason = await unreachableReason(read.url.href, apiHost);
	return reason ? refused(reason, 'Enter a public address of a clip in Voice URL.') : undefined;
}

function checkVideoId({ video_id: id }: IDataObject): Problem | undefined {
	if (id === undefined) return undefined;
	if (typeof id === 'number') {
		const read = readId(id, 'Video ID');
		return read.ok ? undefined : read.problem;
	}
	if (typeof id === 'string' && /^[\w-]+$/.test(id)) return undefined;
	return refused(
		`${quoted(String(id))} is not the ID of a Kling video`,
		'Enter the ID of the video itself (task_result.videos[0].id of the finished task) as text, not its URL.',
	);
}
