import type { IBinaryData } from 'n8n-workflow';

import { failed, ok, type Reply } from '../api/reply';
import { faultOf, noFile, openWebFile, type FileContext } from './webFile';

/** What a file may be. */
export interface FileRules {
	/** Which content types it may have. */
	mime: RegExp;
	mostBytes: number;
	/** For a server that names neither. */
	fallback: { fileName: string; mimeType: string };
	/** What such types are called. */
	content: string;
}

/** What servers say that do not know what they have. */
const UNTYPED = [undefined, '', 'application/octet-stream', 'binary/octet-stream'];

/**
 * Streams a file that Kling made into n8n's binary data.
 * @param address as the task names it
 * @param apiHost host of the credential's base URL
 */
export async function downloadFile(
	context: FileContext,
	address: string,
	apiHost: string,
	{ mime, mostBytes, fallback, content }: FileRules,
): Promise<Reply<IBinaryData>> {
	const opened = await openWebFile(context, address, apiHost);
	if (!opened.ok) return opened;
	const { stream, name, mimeType, sizeBytes = 0 } = opened.value;
	const isTyped = mime.test(mimeType ?? '');
	const tooLarge = `It is larger than ${mostBytes / 1024 / 1024} MB`;
	const isOther = !isTyped && !UNTYPED.includes(mimeType);
	if (isOther || sizeBytes > mostBytes) {
		stream.destroy();
		return failed(noFile(isOther ? `It is ${mimeType ?? ''}, not ${content}` : tooLarge));
	}
	let bytes = 0;
	// Not every server announces a size, and not every announcement is true.
	const limited = stream.map((chunk: Uint8Array) => {
		bytes += chunk.length;
		if (bytes > mostBytes) throw new Error(tooLarge);
		return chunk;
	});
	const type = isTyped ? mimeType : fallback.mimeType;
	try {
		const stored = await context.helpers.prepareBinaryData(
			limited,
			name ?? fallback.fileName,
			type,
		);
		return bytes > 0 ? ok(stored) : failed(noFile('It is empty'));
	} catch (error) {
		stream.destroy();
		return failed(noFile(faultOf(error)));
	}
}
