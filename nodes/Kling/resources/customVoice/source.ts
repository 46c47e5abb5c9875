import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';
import pLimit from 'p-limit';

import { failed, ok, type Reply } from '../../api/reply';
import { MAX_SECONDS, type Clip, type ClipFile } from '../../media/clip/clip';
import {
	itemFile,
	lastingFile,
	LIFE_WITHOUT_WAIT_S,
	signedAddress,
	type StoredFile,
} from '../../media/itemFile';
import { openWebFile, shown } from '../../media/webFile';
import { refused } from '../../operation/read';

export interface ClipOptions {
	checkClip?: boolean;
	trimClip?: boolean;
	/** How long Kling may need the clip, in seconds; without a wait it is not known. */
	lifeS?: number;
}

/** A clip that is known but not yet looked into. */
export interface GivenClip {
	/** What it adds to the body. */
	fields: { voice_url?: string };
	/** Checks the clip and gives it its final address; costs time, so it comes after all other checks. */
	prepare: () => Promise<Reply<{ voice_url?: string }>>;
}

/** A clip that is cut is in memory for a moment, and every item of a run comes here at the same time. */
const atOnce = pLimit(4);

const ENDINGS = { mp3: 'mp3', wav: 'wav', mp4: 'mp4', mov: 'mov' };

/** Reads where the clip of an item is. Nothing is asked of Kling, and nothing is copied yet. */
export async function readClip(
	context: IExecuteFunctions,
	itemIndex: number,
	apiHost: string,
	body: IDataObject,
	options: ClipOptions,
): Promise<Reply<GivenClip>> {
	const source = context.getNodeParameter('voiceSource', itemIndex, 'url');
	if (source !== 'binary') {
		const address = source === 'url' ? body.voice_url : undefined;
		const checks = options.checkClip === true && typeof address === 'string';
		return ok({
			fields: {},
			prepare: async () => (checks ? await checkedUrl(context, address, apiHost) : ok({})),
		});
	}
	if (body.voice_url !== undefined) return failed(TWO_SOURCES);
	const field: unknown = context.getNodeParameter('binaryPropertyName', itemIndex, 'data');
	const file = await itemFile(context, itemIndex, String(field).trim());
	if (!file.ok) return file;
	const lifeS = options.lifeS ?? LIFE_WITHOUT_WAIT_S;
	const sign = async (stored: StoredFile) => await signedAddress(context, stored, lifeS, apiHost);
	const first = await sign(file.value);
	if (!first.ok) return first;
	return ok({
		fields: { voice_url: first.value },
		prepare: async () => {
			const ready = await readable(file.value.fileName, async () =>
				readyFile(context, file.value, options),
			);
			const address = ready.ok ? await sign(ready.value) : ready;
			return address.ok ? ok({ voice_url: address.value }) : address;
		},
	});
}

async function checkedUrl(
	context: IExecuteFunctions,
	address: string,
	apiHost: string,
): Promise<Reply<Record<string, never>>> {
	const first = await openWebFile(context, address, apiHost);
	if (!first.ok) {
		const { what, advice } = first.problem;
		return failed(refused(`The clip ${shown(address)} could not be fetched: ${what}`, advice));
	}
	first.value.stream.destroy();
	const { checkClip } = await import('../../media/clip/checkClip');
	const file: ClipFile = {
		name: first.value.name,
		sizeBytes: first.value.sizeBytes,
		open: async () => {
			const again = await openWebFile(context, address, apiHost);
			if (!again.ok) throw new Error(again.problem.what);
			return again.value.stream;
		},
	};
	const clip = await readable(shown(address), async () => await checkClip(file));
	return clip.ok ? ok({}) : clip;
}

/** A file that ends early, or that is gone: the item's error, in words. */
async function readable<T>(
	name: string | undefined,
	read: () => Promise<Reply<T>>,
): Promise<Reply<T>> {
	try {
		return await atOnce(read);
	} catch (error) {
		const clip = `The clip${name === undefined ? '' : ` "${name}"`}`;
		const reason = error instanceof Error ? error.message : String(error);
		return failed(
			/\bENOSPC\b/.test(reason)
				? refused(
						`${clip} could not be copied, as n8n has no room for files: ${reason}`,
						'Free or enlarge the disk on which this n8n keeps files (N8N_BINARY_DATA_STORAGE_PATH), then run the step again.',
					)
				: refused(
						`${clip} could not be read: ${reason}`,
						'Run the step again that gives it. Files go when n8n deletes the execution that they belong to.',
					),
		);
	}
}

/** The file as Kling gets it: checked, cut if wished, under its right name and an id that lasts. */
async function readyFile(
	context: IExecuteFunctions,
	file: StoredFile,
	{ checkClip: wantsCheck = true, trimClip: wantsTrim = false }: ClipOptions,
): Promise<Reply<StoredFile>> {
	if (!wantsCheck && !wantsTrim) return await lastingFile(context, file, {});
	const { checkClip } = await import('../../media/clip/checkClip');
	const clipFile = await clipFileOf(context, file);
	const clip = await checkClip(clipFile, { allowLonger: wantsTrim });
	if (!clip.ok) return clip;
	const better = { fileName: nameFor(file, clip.value), mimeType: clip.value.mimeType };
	const trims = wantsTrim && clip.value.seconds > MAX_SECONDS;
	if (!trims) return await lastingFile(context, file, better);
	const { trimClip } = await import('../../media/clip/trimClip');
	const cut = await trimClip(clipFile, clip.value);
	if (!cut.ok) return cut;
	const stored = await context.helpers.prepareBinaryData(
		Buffer.from(cut.value),
		better.fileName,
		better.mimeType,
	);
	return ok(stored as StoredFile);
}

async function clipFileOf(context: IExecuteFunctions, file: StoredFile): Promise<ClipFile> {
	const { fileSize } = await context.helpers.getBinaryMetadata(file.id);
	return {
		name: file.fileName,
		sizeBytes: fileSize,
		open: async (chunkBytes) => await context.helpers.getBinaryStream(file.id, chunkBytes),
	};
}

/** Kling may judge by the name: an mp3 that calls itself .wav gets its right ending. */
function nameFor({ fileName: given }: StoredFile, { format }: Clip): string {
	const ending = ENDINGS[format];
	const fileName = given === undefined || given === '' ? 'clip' : given;
	return fileName.toLowerCase().endsWith(`.${ending}`)
		? fileName
		: `${fileName.replace(/\.[a-z\d]{2,4}$/i, '')}.${ending}`;
}

const TWO_SOURCES = refused(
	'There are two sources for one voice: the file and voice_url',
	'Remove voice_url from Additional Fields (JSON).',
);
