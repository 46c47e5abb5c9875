import type { IExecuteFunctions } from 'n8n-workflow';

import type { ByteStream } from '../api/deadline';
import { failed, refused, type Reply } from '../api/reply';
import { readAddress } from './address';
import { MAX_CLIP_BYTES, type Clip, type ClipFile } from './clip/clip';
import { openWebFile, shown } from './webFile';

/**
 * Checks a clip behind an address, which is opened once: a link may work only once, and Kling opens it, too.
 * @param apiHost host of the credential's base URL
 * @throws what reading its stream throws
 */
export async function checkWebClip(
	context: IExecuteFunctions,
	given: string,
	apiHost: string,
): Promise<Reply<Clip>> {
	const read = readAddress(given);
	const address = 'url' in read ? read.url.href : given;
	const first = await openWebFile(context, address, apiHost, MAX_CLIP_BYTES);
	if (!first.ok) {
		const { what, advice = '' } = first.problem;
		return failed(refused(`The clip ${shown(address)} could not be fetched: ${what}`, advice));
	}
	const { name, sizeBytes, stream } = first.value;
	let unread: ByteStream | undefined = stream;
	const file: ClipFile = {
		name,
		sizeBytes,
		isFromWeb: true,
		open: async () => {
			const begun = unread;
			unread = undefined;
			if (begun) return begun;
			// Only for a file that is not in the order in which it is read.
			const again = await openWebFile(context, address, apiHost, MAX_CLIP_BYTES);
			if (!again.ok) throw new Error(again.problem.what);
			return again.value.stream;
		},
	};
	try {
		const { checkClip } = await import('./clip/clipTools');
		return await checkClip(file);
	} finally {
		stream.destroy();
	}
}
