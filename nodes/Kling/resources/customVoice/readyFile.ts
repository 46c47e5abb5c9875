import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';

import { failed, ok, type Reply } from '../../api/reply';
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
import { hasId, IN_MEMORY, lastingFile, type StoredFile } from '../../media/itemFile';
import type { Item } from '../../operation/item';
import { readSwitch } from '../../operation/read';

/** What is to be done with a file. */
export type Wishes = Record<'checks' | 'trims' | 'converts', boolean>;

/** Switches of the panel, where a missing one is at its default. */
export function readWishes({ checkClip, trimClip, convertClip }: IDataObject): Reply<Wishes> {
	const checks = readSwitch(checkClip, 'Check Clip', true);
	if (!checks.ok) return checks;
	const trims = readSwitch(trimClip, 'Trim Clip', false);
	if (!trims.ok) return trims;
	const converts = readSwitch(convertClip, 'Convert Clip', true);
	if (!converts.ok) return converts;
	return ok({ checks: checks.value, trims: trims.value, converts: converts.value });
}

/** A file as Kling gets it, and what was done to it. */
export interface ReadyFile {
	file: StoredFile;
	hint?: string;
}

/** The file under its right name and an id that lasts: checked, converted, cut, as far as wanted. */
export async function readyFile(
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
