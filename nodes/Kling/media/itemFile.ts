import type { IBinaryData, IDataObject, IExecuteFunctions } from 'n8n-workflow';

import { isRecord } from '../api/envelope';
import { failed, ok, refused, type Problem, type Reply } from '../api/reply';
import { quoted } from './address';
import { unreachableReason } from './reachable';

/** Beyond the wait itself: Kling may fetch the file late, and clocks differ. */
const SPARE_LIFE_S = 3600;
/** Kling fetches a clip within seconds, but a task may stand in its queue. */
export const LIFE_WITHOUT_WAIT_S = 24 * 3600;

/** What to set so that Kling can reach an n8n. */
export const REACHABLE_ADVICE =
	'Set the environment variable WEBHOOK_URL of your n8n to its public address, such as https://n8n.example.com/, or run n8n with a tunnel.';

/** A file of an item that is kept where n8n can serve it. */
export type StoredFile = IBinaryData & { id: string };

/**
 * The file in a field of an item. One that came as text, as a Code node gives it, is stored first.
 * @param given name of the binary field, as the previous node shows it; or by an expression the file itself, as n8n's
 * own nodes take it
 */
export async function itemFile(
	context: IExecuteFunctions,
	itemIndex: number,
	given: unknown,
): Promise<Reply<StoredFile>> {
	const file = await givenFile(context, itemIndex, given);
	if (!file.ok) return file;
	return hasId(file.value) ? ok(file.value) : failed(IN_MEMORY);
}

/**
 * The same for what may also go into a body: an n8n that keeps files in memory gives the file as it is.
 * @param options `mayBeHeld`: whether a file without an id is of use; `label`: the field's name in the panel
 */
export async function givenFile(
	context: IExecuteFunctions,
	itemIndex: number,
	given: unknown,
	{ mayBeHeld = false, label = FIELD_LABEL }: { mayBeHeld?: boolean; label?: string } = {},
): Promise<Reply<IBinaryData>> {
	const file = isRecord(given) ? fileOf(given) : fileIn(context, itemIndex, fieldName(given));
	if (!file) return failed(noFile(context, itemIndex, given, label));
	if (hasId(file)) return ok(file);
	const stored = await context.helpers.prepareBinaryData(
		Buffer.from(file.data.replace(DATA_URL, ''), 'base64'),
		file.fileName,
		file.mimeType === UNKNOWN_TYPE ? undefined : file.mimeType,
	);
	return hasId(stored) || mayBeHeld ? ok(stored) : failed(IN_MEMORY);
}

/**
 * A signed address on the user's own instance, served without login until its life is over.
 * @param lifeS how long the address is needed, in seconds
 * @param apiHost host of the credential's base URL: a local API can reach a local n8n
 */
export async function signedAddress(
	context: IExecuteFunctions,
	file: StoredFile,
	lifeS: number,
	apiHost: string,
): Promise<Reply<string>> {
	const { createBinarySignedUrl: sign } = context.helpers as Partial<typeof context.helpers>;
	if (!sign) return failed(TOO_OLD);
	const address = sign(file, `${Math.ceil(lifeS + SPARE_LIFE_S)}s`);
	const what = await unreachableReason(address, apiHost);
	return what
		? failed(
				refused(
					what,
					`Kling fetches the file from your n8n. ${REACHABLE_ADVICE} Or upload the file elsewhere and use its URL.`,
				),
			)
		: ok(address);
}

/**
 * The same file under an id that lasts. Files of a webhook or form are renamed when the execution is saved, and those
 * of another execution go with it: an address that was signed for them would stop working.
 * @param better name and type by content, when they are known
 */
export async function lastingFile(
	context: IExecuteFunctions,
	file: StoredFile,
	better: { fileName?: string; mimeType?: string },
): Promise<Reply<StoredFile>> {
	const { fileName = file.fileName, mimeType = file.mimeType } = better;
	const isOurs = file.id.includes(`/executions/${context.getExecutionId()}/`);
	if (isOurs && fileName === file.fileName && mimeType === file.mimeType) return ok(file);
	const stream = await context.helpers.getBinaryStream(file.id);
	const copy = await context.helpers.prepareBinaryData(stream, fileName, mimeType);
	return hasId(copy) ? ok(copy) : failed(IN_MEMORY);
}

/** n8n has two ways to keep files in items, chosen per workflow; its own helper knows both. */
function fileIn(
	context: IExecuteFunctions,
	itemIndex: number,
	field: string,
): IBinaryData | undefined {
	try {
		const file: unknown = context.helpers.assertBinaryData(itemIndex, field);
		return fileOf(file);
	} catch {
		return undefined;
	}
}

/** Some nodes name no type; the content then tells what a file is. */
const UNKNOWN_TYPE = 'application/octet-stream';
/** Browsers give base64 with this in front. */
const DATA_URL = /^data:[^,]{0,200},/;

/** A name such as "constructor" finds something in every object, and what a Code node gives may lack its data. */
function fileOf(file: unknown): IBinaryData | undefined {
	if (!isRecord(file)) return undefined;
	const { data = '', mimeType, fileName, id } = file;
	if (typeof data !== 'string' || (data === '' && !isText(id))) return undefined;
	return {
		...file,
		data,
		mimeType: isText(mimeType) ? mimeType : UNKNOWN_TYPE,
		fileName: isText(fileName) ? fileName : undefined,
		id: isText(id) ? id : undefined,
	};
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';

const fieldName = (given: unknown): string =>
	typeof given === 'string' || typeof given === 'number' ? String(given).trim() : '';

export function hasId(file: IBinaryData): file is StoredFile {
	return typeof file.id === 'string' && file.id !== '';
}

const FIELD_LABEL = 'Input Binary Field';

function noFile(
	context: IExecuteFunctions,
	itemIndex: number,
	given: unknown,
	label: string,
): Problem {
	const { binary = {}, json = {} } = context.getInputData()[itemIndex] ?? {};
	const fields = [...Object.keys(binary), ...filesInside(json)].slice(0, MOST_NAMED);
	return refused(
		whyNone(given, label),
		fields.length > 0
			? `It has files in: ${fields.join(', ')}. Enter one of them in ${label}.`
			: 'The item has no files at all. Connect a node that outputs one, such as a form, Google Drive or HTTP Request with Response Format: File.',
	);
}

const MOST_NAMED = 20;

function whyNone(given: unknown, label: string): string {
	if (isRecord(given)) return `${label} got an object that is not an n8n file`;
	if (Array.isArray(given)) return `${label} got a list, not one file or the name of a field`;
	const field = fieldName(given);
	if (field !== '') return `The item has no file in the field ${quoted(field)}`;
	return given === '' || given === undefined || given === null || typeof given === 'string'
		? `There is no ${label}`
		: `${label} got a ${typeof given}, not the name of a field`;
}

/** Where a workflow keeps its files inside the JSON; one level down is where n8n puts them. */
function filesInside(json: IDataObject, path: string[] = []): string[] {
	return Object.entries(json).flatMap(([key, value]) => {
		const here = [...path, key];
		if (isRecord(value) && isText(value.mimeType) && fileOf(value)) return here.join('.');
		return isRecord(value) && here.length < 2 ? filesInside(value, here) : [];
	});
}

export const IN_MEMORY = refused(
	'This n8n keeps files in memory, where Kling cannot fetch them',
	'Set the environment variable N8N_DEFAULT_BINARY_DATA_MODE to filesystem (with several n8n processes: to database or s3), or upload the file elsewhere and use its URL.',
);

const TOO_OLD = refused(
	'This n8n cannot give a file a public address',
	'Update n8n to 1.90 or later, or upload the file elsewhere and use its URL.',
);
