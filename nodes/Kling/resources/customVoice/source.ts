import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';
import pLimit from 'p-limit';

import { failed, ok, refused, type Reply } from '../../api/reply';
import { MAX_SECONDS, type Clip, type ClipFile } from '../../media/clip/clip';
import {
	hasId,
	IN_MEMORY,
	itemFile,
	lastingFile,
	LIFE_WITHOUT_WAIT_S,
	signedAddress,
	type StoredFile,
} from '../../media/itemFile';
import { checkWebClip } from '../../media/webClip';
import { shown } from '../../media/webFile';
import type { Files } from '../../operation/createOrder';
import { optionsOf, parameter, type Item } from '../../operation/item';

/** A clip that is cut is in memory for a moment, and every item of a run comes here at the same time. */
const atOnce = pLimit(4);

const ENDINGS = { mp3: 'mp3', wav: 'wav', mp4: 'mp4', mov: 'mov' };

/**
 * The clip that a voice is made from. Nothing is asked of Kling, and nothing is copied yet.
 * @param lifeS how long Kling may need the clip, in seconds; without a wait it is not known
 */
export async function readFiles(
	item: Item,
	body: IDataObject,
	lifeS = LIFE_WITHOUT_WAIT_S,
): Promise<Reply<Files>> {
	const source = parameter(item, 'voiceSource', 'url');
	if (source !== 'binary') {
		const address = source === 'url' ? body.voice_url : undefined;
		const checks = optionsOf(item).checkClip === true && typeof address === 'string';
		return ok({
			fields: {},
			prepare: async () => (checks ? await checkedUrl(item, address) : ok({})),
		});
	}
	if (body.voice_url !== undefined) return failed(TWO_SOURCES);
	const given = parameter(item, 'binaryPropertyName', 'data');
	const file = await itemFile(item.context, item.index, given);
	if (!file.ok) return file;
	const sign = async (stored: StoredFile) => {
		const address = await signedAddress(item.context, stored, lifeS, item.client.host);
		return address.ok ? ok<IDataObject>({ voice_url: address.value }) : address;
	};
	const fields = await sign(file.value);
	if (!fields.ok) return fields;
	const prepare = async () => {
		const ready = await readable(file.value.fileName, async () => readyFile(item, file.value));
		return ready.ok ? await sign(ready.value) : ready;
	};
	return ok({ fields: fields.value, prepare });
}

async function checkedUrl({ context, client }: Item, address: string): Promise<Reply<IDataObject>> {
	const clip = await readable(
		shown(address),
		async () => await checkWebClip(context, address, client.host),
	);
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
						'Run the step that provides the file again. Files go when n8n deletes the execution that they belong to.',
					),
		);
	}
}

/** The file as Kling gets it: checked, cut if wanted, under its right name and an id that lasts. */
async function readyFile(item: Item, file: StoredFile): Promise<Reply<StoredFile>> {
	const { context } = item;
	const { checkClip: checks = true, trimClip: trims = false } = optionsOf(item);
	if (!checks && !trims) return await lastingFile(context, file, {});
	const { checkClip } = await import('../../media/clip/checkClip');
	const clipFile = await clipFileOf(context, file);
	const clip = await checkClip(clipFile, { allowLonger: Boolean(trims) });
	if (!clip.ok) return clip;
	const better = { fileName: nameFor(file, clip.value), mimeType: clip.value.mimeType };
	if (!trims || clip.value.seconds <= MAX_SECONDS) return await lastingFile(context, file, better);
	const { trimClip } = await import('../../media/clip/trimClip');
	const cut = await trimClip(clipFile, clip.value);
	if (!cut.ok) return cut;
	const stored = await context.helpers.prepareBinaryData(
		Buffer.from(cut.value),
		better.fileName,
		better.mimeType,
	);
	return hasId(stored) ? ok(stored) : failed(IN_MEMORY);
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
