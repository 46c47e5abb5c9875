import type { IBinaryData, IDataObject } from 'n8n-workflow';
import pLimit from 'p-limit';

import { messageOf } from '../api/faults';
import { failed, ok, refused, type Problem, type Reply } from '../api/reply';
import { readAddress } from '../media/address';
import {
	givenFile,
	hasId,
	lastingFile,
	LIFE_WITHOUT_WAIT_S,
	signedAddress,
} from '../media/itemFile';
import { openItemFile, webFile, type OpenFile } from '../media/openFile';
import { unreachableReason } from '../media/reachable';
import { sharePage, sharePageAdvice } from '../media/sharePages';
import { shown } from '../media/webFile';
import type { Files, Prepared } from './createOrder';
import type { Item } from './item';

/** What reading a file told: its right name and type, and perhaps other content. */
export interface Looked {
	fileName?: string;
	mimeType?: string;
	content?: Buffer;
	/** What was done to it, as a sentence for the item. */
	hint?: string;
}

/** One file that a body names, by address or as a file of the item. */
export interface FileInput {
	/** As it reads in a message, e.g. `image`. */
	name: string;
	/** Of the panel, for a file of the item. */
	label: string;
	/** Of the body. */
	key: string;
	/** What the panel has; `undefined` when it has nothing. */
	read: (item: Item) => { url: unknown } | { file: unknown } | undefined;
	/** More than that is not read. */
	mostBytes: number;
	/** Whether Kling takes it in the body as well, as raw Base64. */
	takesBase64: boolean;
	/** @returns whether a file behind an address is read */
	looksAtUrls: (item: Item) => boolean;
	/** @param what how a message calls it, e.g. `The image "host.png"` */
	look: (file: OpenFile, what: string, item: Item) => Promise<Reply<Looked>>;
}

/** Reads several files, in this order, for `readFiles` of a create. */
export async function readFileInputs(
	inputs: readonly FileInput[],
	item: Item,
	body: IDataObject,
	lifeS = LIFE_WITHOUT_WAIT_S,
): Promise<Reply<Files>> {
	const all: Files[] = [];
	for (const input of inputs) {
		const files = await readOne(input, item, body, lifeS);
		if (!files.ok) return files;
		all.push(files.value);
	}
	return ok({
		fields: Object.assign({}, ...all.map(({ fields }) => fields)) as IDataObject,
		areHeld: all.some(({ areHeld }) => areHeld),
		prepare: async () => await prepareAll(all),
	});
}

async function prepareAll(all: Files[]): Promise<Reply<Prepared>> {
	const fields: IDataObject = {};
	const hints: string[] = [];
	for (const { prepare } of all) {
		const ready = await prepare();
		if (!ready.ok) return ready;
		Object.assign(fields, ready.value.fields);
		if (ready.value.hint !== undefined) hints.push(ready.value.hint);
	}
	return ok({ fields, ...(hints.length > 0 && { hint: hints.join(' ') }) });
}

const NOTHING: Files = {
	fields: {},
	prepare: async () => await Promise.resolve(ok({ fields: {} })),
};

async function readOne(
	input: FileInput,
	item: Item,
	body: IDataObject,
	lifeS: number,
): Promise<Reply<Files>> {
	const given = input.read(item);
	const isInBody = body[input.key] !== undefined;
	if (given === undefined || (isInBody && 'url' in given && given.url === '')) return ok(NOTHING);
	if (isInBody) return failed(twice(input));
	return 'url' in given
		? await atAddress(input, item, given.url)
		: await ofItem(input, item, given.file, lifeS);
}

const twice = ({ name, key }: FileInput): Problem =>
	refused(`The ${name} is given twice`, `Remove ${key} from Additional Fields (JSON).`);

async function atAddress(input: FileInput, item: Item, given: unknown): Promise<Reply<Files>> {
	const { name, key } = input;
	const read = readAddress(given);
	if ('fault' in read) {
		return failed(
			refused(`The ${name} URL ${read.fault}`, `Enter the public address of one ${name} file.`),
		);
	}
	const { href } = read.url;
	const page = sharePage(read.url);
	if (page) {
		const what = `The ${name} URL is a ${page.site} page about a file, not the file itself`;
		return failed(refused(what, sharePageAdvice(page)));
	}
	const reason = await unreachableReason(href, item.client.host);
	if (reason) return failed(refused(reason, `Enter the public address of one ${name} file.`));
	const fields = { [key]: href };
	const prepare = async (): Promise<Reply<Prepared>> => {
		if (!input.looksAtUrls(item)) return ok({ fields });
		const file = webFile(item.context, href, item.client.host, input.mostBytes);
		const what = `The ${name} ${shown(href)}`;
		const looked = await readable(what, async () => await input.look(file, what, item));
		return looked.ok ? ok({ fields }) : looked;
	};
	return ok({ fields, prepare });
}

async function ofItem(
	input: FileInput,
	item: Item,
	given: unknown,
	lifeS: number,
): Promise<Reply<Files>> {
	const { context, client, index } = item;
	const { label, takesBase64: mayBeHeld } = input;
	const file = await givenFile(context, index, given, { mayBeHeld, label });
	if (!file.ok) return file;
	const address = hasId(file.value)
		? await signedAddress(context, file.value, lifeS, client.host)
		: undefined;
	if (address && !address.ok && !input.takesBase64) return address;
	const areHeld = !address?.ok;
	const { fileName } = file.value;
	const what = `The ${input.name}${fileName === undefined ? '' : ` "${fileName}"`}`;
	const prepare = async (): Promise<Reply<Prepared>> =>
		await readable(what, async () => {
			const opened = await openItemFile(context, file.value);
			const looked = await input.look(opened, what, item);
			if (!looked.ok) return looked;
			const { hint, ...found } = looked.value;
			const value = areHeld
				? ok((found.content ?? (await contentOf(opened))).toString('base64'))
				: await addressOf(item, file.value, found, lifeS);
			return value.ok ? ok({ fields: { [input.key]: value.value }, hint }) : value;
		});
	return ok({ fields: address?.ok ? { [input.key]: address.value } : {}, areHeld, prepare });
}

async function addressOf(
	{ context, client }: Item,
	file: IBinaryData,
	{ content, ...named }: Looked,
	lifeS: number,
): Promise<Reply<string>> {
	if (content) {
		const { fileName, mimeType } = named;
		const made = await context.helpers.prepareBinaryData(content, fileName, mimeType);
		return hasId(made)
			? await signedAddress(context, made, lifeS, client.host)
			: ok(content.toString('base64'));
	}
	if (!hasId(file)) return ok(file.data);
	const lasting = await lastingFile(context, file, named);
	return lasting.ok ? await signedAddress(context, lasting.value, lifeS, client.host) : lasting;
}

async function contentOf(file: OpenFile): Promise<Buffer> {
	const chunks: Uint8Array[] = [];
	for await (const chunk of await file.open()) chunks.push(chunk);
	return Buffer.concat(chunks);
}

/** A file may be held in memory while it is read, and all items of a run come here at the same time. */
const atOnce = pLimit(4);

/** A file that is gone, or an address that does not answer: the item's error, in words. */
async function readable<T>(what: string, read: () => Promise<Reply<T>>): Promise<Reply<T>> {
	try {
		return await atOnce(read);
	} catch (error) {
		const reason = messageOf(error);
		return failed(
			refused(
				`${what} could not be read: ${reason}`,
				'Check its address, or rerun the step that provides the file.',
			),
		);
	}
}
