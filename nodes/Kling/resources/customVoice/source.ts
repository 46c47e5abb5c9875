import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';
import pLimit from 'p-limit';

import { failed, ok, refused, type Reply } from '../../api/reply';
import {
	CONVERTIBLE,
	isConvertible,
	MAX_SECONDS,
	type Clip,
	type ClipFile,
	type ConvertibleFormat,
	type TakenFormat,
} from '../../media/clip/clip';
import { nameWithEnding } from '../../media/fileName';
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
import type { Files, Prepared } from '../../operation/createOrder';
import { optionsOf, parameter, type Item } from '../../operation/item';
import { readSwitch } from '../../operation/read';

/** A clip that is cut is in memory for a moment, and every item of a run comes here at the same time. */
const atOnce = pLimit(4);

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
		const wanted = readSwitch(optionsOf(item).checkClip, 'Check Clip', false);
		if (!wanted.ok) return wanted;
		const checks = wanted.value && typeof address === 'string';
		return ok({
			fields: {},
			prepare: async () => (checks ? await checkedUrl(item, address) : ok({ fields: {} })),
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
	const wishes = readWishes(optionsOf(item));
	if (!wishes.ok) return wishes;
	const prepare = async (): Promise<Reply<Prepared>> => {
		const ready = await readable(file.value.fileName, async () =>
			readyFile(item, file.value, wishes.value),
		);
		if (!ready.ok) return ready;
		const address = await sign(ready.value.file);
		return address.ok ? ok({ fields: address.value, hint: ready.value.hint }) : address;
	};
	return ok({ fields: fields.value, prepare });
}

async function checkedUrl({ context, client }: Item, address: string): Promise<Reply<Prepared>> {
	const clip = await readable(
		shown(address),
		async () => await checkWebClip(context, address, client.host),
	);
	return clip.ok ? ok({ fields: {} }) : clip;
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

/** A file as Kling gets it, and what was done to it. */
interface ReadyFile {
	file: StoredFile;
	hint?: string;
}

/** The file under its right name and an id that lasts: checked, converted, cut, as far as wanted. */
async function readyFile(
	item: Item,
	file: StoredFile,
	{ checks, trims, converts }: Wishes,
): Promise<Reply<ReadyFile>> {
	const { context } = item;
	const asIs = async () => fileAlone(await lastingFile(context, file, {}));
	if (!checks && !trims && !converts) return await asIs();
	const { checkClip } = await import('../../media/clip/clipTools');
	const clipFile = await clipFileOf(context, file);
	const clip = await checkClip(clipFile, { allowLonger: trims || !checks, converts });
	if (clip.ok && isConvertible(clip.value.format)) {
		return await convertedFile(item, file, clipFile, { ...clip.value, format: clip.value.format });
	}
	if (!checks && !trims) return await asIs();
	if (!clip.ok) return clip;
	const { format, mimeType, seconds } = clip.value;
	const better = { fileName: nameWithEnding(file.fileName, format, 'clip'), mimeType };
	if (!trims || seconds <= MAX_SECONDS || isConvertible(format)) {
		return fileAlone(await lastingFile(context, file, better));
	}
	return await cutFile(item, clipFile, format, better);
}

/** What is to be done with a file. */
type Wishes = Record<'checks' | 'trims' | 'converts', boolean>;

/** Switches of the panel, where a missing one is at its default. */
function readWishes({ checkClip, trimClip, convertClip }: IDataObject): Reply<Wishes> {
	const checks = readSwitch(checkClip, 'Check Clip', true);
	if (!checks.ok) return checks;
	const trims = readSwitch(trimClip, 'Trim Clip', false);
	if (!trims.ok) return trims;
	const converts = readSwitch(convertClip, 'Convert Clip', true);
	if (!converts.ok) return converts;
	return ok({ checks: checks.value, trims: trims.value, converts: converts.value });
}

const fileAlone = (file: Reply<StoredFile>): Reply<ReadyFile> =>
	file.ok ? ok({ file: file.value }) : file;

type NameAndType = Record<'fileName' | 'mimeType', string>;

async function cutFile(
	{ context }: Item,
	file: ClipFile,
	format: TakenFormat,
	named: NameAndType,
): Promise<Reply<ReadyFile>> {
	const { trimClip } = await import('../../media/clip/clipTools');
	const cut = await trimClip(file, format);
	return cut.ok ? fileAlone(await storedFile(context, cut.value, named)) : cut;
}

async function convertedFile(
	{ context }: Item,
	file: StoredFile,
	clipFile: ClipFile,
	{ format }: Clip & { format: ConvertibleFormat },
): Promise<Reply<ReadyFile>> {
	const { convertClip } = await import('../../media/clip/clipTools');
	const converted = await convertClip(clipFile, format, { longestSeconds: MAX_SECONDS });
	if (!converted.ok) return converted;
	const { wav, seconds } = converted.value;
	const named = { fileName: nameWithEnding(file.fileName, 'wav', 'clip'), mimeType: 'audio/wav' };
	const stored = await storedFile(context, wav, named);
	if (!stored.ok) return stored;
	const hint = `The recording was converted from ${CONVERTIBLE[format]} to wav (${Number(seconds.toFixed(1))} s).`;
	return ok({ file: stored.value, hint });
}

async function storedFile(
	context: IExecuteFunctions,
	content: Buffer,
	{ fileName, mimeType }: NameAndType,
): Promise<Reply<StoredFile>> {
	const stored = await context.helpers.prepareBinaryData(Buffer.from(content), fileName, mimeType);
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

const TWO_SOURCES = refused(
	'There are two sources for one voice: the file and voice_url',
	'Remove voice_url from Additional Fields (JSON).',
);
