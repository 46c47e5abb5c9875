import type { IDataObject } from 'n8n-workflow';
import pLimit from 'p-limit';

import { messageOf } from '../../api/faults';
import { failed, ok, refused, type Reply } from '../../api/reply';
import {
	itemFile,
	LIFE_WITHOUT_WAIT_S,
	signedAddress,
	type StoredFile,
} from '../../media/itemFile';
import { checkWebClip } from '../../media/webClip';
import { shown } from '../../media/webFile';
import type { Files, Prepared } from '../../operation/createOrder';
import { optionsOf, parameter, type Item } from '../../operation/item';
import { readSwitch } from '../../operation/read';
import { readWishes, readyFile } from './readyFile';

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
		const reason = messageOf(error);
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

const TWO_SOURCES = refused(
	'There are two sources for one voice: the file and voice_url',
	'Remove voice_url from Additional Fields (JSON).',
);
