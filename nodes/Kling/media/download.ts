import type { IBinaryData } from 'n8n-workflow';

import type { ByteStream } from '../api/deadline';
import { failed, ok, type Reply } from '../api/reply';
import { BEGINNING_BYTES, fileTypeOf } from './fileType';
import { faultOf, noFile, openWebFile, type FileContext } from './webFile';

/** What a file may be. */
export interface FileRules {
	/** Which content types it may have; by its first bytes, not by what its server says. */
	mime: RegExp;
	mostBytes: number;
	/** What the file is called, without its ending; wins over the name in its address. */
	title?: string;
	/** For an address without a file's name. */
	fallback: { fileName: string; mimeType: string };
	/** What such types are called. */
	content: string;
	/** When it has to be there, milliseconds since the epoch. */
	untilMs?: number;
}

/** What servers say when they do not know the type. */
const UNTYPED = [undefined, '', 'application/octet-stream', 'binary/octet-stream'];

/**
 * Streams a file that Kling made into n8n's binary data, once its first bytes show what it is.
 * @param address as the task names it
 * @param apiHost host of the credential's base URL
 */
export async function downloadFile(
	context: FileContext,
	address: string,
	apiHost: string,
	rules: FileRules,
): Promise<Reply<IBinaryData>> {
	const leftMs = (rules.untilMs ?? Infinity) - Date.now();
	if (leftMs <= 0) return failed(noFile('The time limit of the pause was reached'));
	const opened = await openWebFile(context, address, apiHost, rules.mostBytes, leftMs);
	if (!opened.ok) return opened;
	const { stream, name, mimeType: said } = opened.value;
	try {
		const head = await firstBytes(stream);
		const type = fileTypeOf(head);
		if (!type || !rules.mime.test(type.mimeType)) {
			stream.destroy();
			return failed(noFile(otherFile(head, type?.mimeType, said, rules)));
		}
		const mimeType = said !== undefined && rules.mime.test(said) ? said : type.mimeType;
		const fileName =
			titled(rules.title, type.ending) ??
			name ??
			rules.fallback.fileName.replace(/[^.]*$/, type.ending);
		return ok(await context.helpers.prepareBinaryData(stream, fileName, mimeType));
	} catch (error) {
		stream.destroy();
		return failed(noFile(faultOf(error)));
	}
}

/** In characters: a file system takes 255 bytes, and a gateway may call a voice anything. */
const LONGEST_TITLE = 60;

/** Without what file systems refuse in a name. */
function titled(title = '', ending: string): string | undefined {
	const start = Array.from(title.slice(0, 4 * LONGEST_TITLE)).slice(0, LONGEST_TITLE);
	const plain = start.join('').replace(/[\p{Cc}\p{Cs}<>:"/\\|?*]+/gu, ' ');
	const clean = plain.replace(/^[\s.]+|[\s.]+$/g, '');
	return clean === '' ? undefined : `${clean}.${ending}`;
}

function otherFile(
	head: Uint8Array,
	found: string | undefined,
	said: string | undefined,
	{ mime, content }: FileRules,
): string {
	if (head.length === 0) return 'It is empty';
	if (found !== undefined) return `It is ${found}, not ${content}`;
	const isTold = !UNTYPED.includes(said) && !mime.test(said ?? '');
	return isTold ? `It is ${(said ?? '').slice(0, 100)}, not ${content}` : `It is not ${content}`;
}

/** The beginning of a file, which stays in its stream. Fewer bytes than asked for are all that there are. */
async function firstBytes(stream: ByteStream): Promise<Uint8Array> {
	const chunks: Uint8Array[] = [];
	return await new Promise((resolve, reject) => {
		const onReadable = () => {
			for (let chunk: unknown = stream.read(); chunk !== null; chunk = stream.read()) {
				if (chunk instanceof Uint8Array) chunks.push(chunk);
			}
			const head = Buffer.concat(chunks);
			if (head.length < BEGINNING_BYTES) return;
			stream.off('readable', onReadable);
			// In the same turn, as the stream might otherwise end before it has the bytes back.
			stream.unshift(head);
			resolve(head);
		};
		stream.on('readable', onReadable);
		stream.once('error', reject);
		for (const end of ['end', 'close']) stream.once(end, () => resolve(Buffer.concat(chunks)));
	});
}
