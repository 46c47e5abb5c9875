import type { IBinaryData } from 'n8n-workflow';

import { failed, ok, type Reply } from '../api/reply';
import { faultOf, noFile, openWebFile, type FileContext } from './webFile';

/** A sample is a few seconds of speech; what is larger is something else. */
const MOST_BYTES = 20 * 1024 * 1024;
const SOUND = /^(audio|video)\//;
/** What servers say that do not know what they have. */
const UNTYPED = [undefined, '', 'application/octet-stream', 'binary/octet-stream'];

/**
 * Streams the sample of a voice into n8n's binary data, so that it can be played in the output pane.
 * @param address the voice's `trial_url`
 * @param apiHost host of the credential's base URL
 */
export async function downloadSample(
	context: FileContext,
	address: string,
	apiHost: string,
): Promise<Reply<IBinaryData>> {
	const opened = await openWebFile(context, address, apiHost);
	if (!opened.ok) return opened;
	const { stream, name, mimeType, sizeBytes = 0 } = opened.value;
	const isSound = UNTYPED.includes(mimeType) || SOUND.test(mimeType ?? '');
	if (!isSound || sizeBytes > MOST_BYTES) {
		stream.destroy();
		return failed(noFile(isSound ? tooLarge() : `It is ${mimeType ?? ''}, not sound`));
	}
	let bytes = 0;
	// Not every server announces a size, and not every announcement is true.
	const limited = stream.map((chunk: Uint8Array) => {
		bytes += chunk.length;
		if (bytes > MOST_BYTES) throw new Error(tooLarge());
		return chunk;
	});
	const type = SOUND.test(mimeType ?? '') ? mimeType : 'audio/mpeg';
	try {
		const stored = await context.helpers.prepareBinaryData(limited, name ?? 'sample.mp3', type);
		return bytes > 0 ? ok(stored) : failed(noFile('It is empty'));
	} catch (error) {
		stream.destroy();
		return failed(noFile(faultOf(error)));
	}
}

const tooLarge = () => `It is larger than ${MOST_BYTES / 1024 / 1024} MB`;
