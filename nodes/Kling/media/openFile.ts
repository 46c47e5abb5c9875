import type { IBinaryData, IExecuteFunctions } from 'n8n-workflow';

import { hasId, type StoredFile } from './itemFile';
import { openWebFile } from './webFile';

/** A file that can be read from its start. */
export interface OpenFile {
	/** `undefined` when unknown. */
	sizeBytes?: number;
	name?: string;
	/** Whether each stream is a request of its own. */
	isFromWeb?: boolean;
	/** A fresh stream from byte 0; leaving its loop early closes it. */
	open(chunkBytes?: number): Promise<AsyncIterable<Uint8Array>>;
}

/** A file of an item, in n8n's store or in memory. */
export async function openItemFile(
	context: IExecuteFunctions,
	file: IBinaryData | StoredFile,
): Promise<OpenFile> {
	const name = file.fileName;
	if (!hasId(file)) {
		const content = Buffer.from(file.data, 'base64');
		return { name, sizeBytes: content.length, open: async () => inOne(content) };
	}
	const { fileSize } = await context.helpers.getBinaryMetadata(file.id);
	return {
		name,
		sizeBytes: fileSize,
		open: async (chunkBytes) => await context.helpers.getBinaryStream(file.id, chunkBytes),
	};
}

async function* inOne(content: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
	yield await Promise.resolve(content);
}

/**
 * A file at an address. Each look opens it again.
 * @param apiHost host of the credential's base URL
 * @throws Error in words when it cannot be had
 */
export function webFile(
	context: IExecuteFunctions,
	address: string,
	apiHost: string,
	mostBytes: number,
): OpenFile {
	return {
		isFromWeb: true,
		open: async () => {
			const opened = await openWebFile(context, address, apiHost, mostBytes);
			if (!opened.ok) throw new Error(opened.problem.what);
			return opened.value.stream;
		},
	};
}
