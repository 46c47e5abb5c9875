import type { IBinaryData, IDataObject, IExecuteFunctions } from 'n8n-workflow';

import { isRecord } from '../api/envelope';
import { failed, ok, refused, type Problem, type Reply } from '../api/reply';
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
 * @param field name of the binary field, as the previous node shows it
 */
export async function itemFile(
	context: IExecuteFunctions,
	itemIndex: number,
	field: string,
): Promise<Reply<StoredFile>> {
	const given = fileIn(context, itemIndex, field);
	if (!given) return failed(noField(context, itemIndex, field));
	if (hasId(given)) return ok(given);
	const stored = await context.helpers.prepareBinaryData(
		Buffer.from(given.data, 'base64'),
		given.fileName,
		given.mimeType,
	);
	return hasId(stored) ? ok(stored) : failed(IN_MEMORY);
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
		return isFile(file) ? file : undefined;
	} catch {
		return undefined;
	}
}

/** A name such as "constructor" finds something in every object, and what a Code node gives may lack its data. */
function isFile(file: unknown): file is IBinaryData {
	return isRecord(file) && typeof file.data === 'string' && typeof file.mimeType === 'string';
}

export function hasId(file: IBinaryData): file is StoredFile {
	return typeof file.id === 'string' && file.id !== '';
}

function noField(context: IExecuteFunctions, itemIndex: number, field: string): Problem {
	const { binary = {}, json = {} } = context.getInputData()[itemIndex] ?? {};
	const fields = [...Object.keys(binary), ...filesInside(json)];
	return refused(
		field === ''
			? 'There is no Input Binary Field'
			: `The item has no file in the field "${field}"`,
		fields.length > 0
			? `It has files in: ${fields.join(', ')}. Enter one of them in Input Binary Field.`
			: 'The item carries no file at all. Connect a node that gives one, such as a form, Google Drive or HTTP Request with Response Format: File.',
	);
}

/** Where a workflow keeps its files inside the JSON; one level down is where n8n puts them. */
function filesInside(json: IDataObject, path: string[] = []): string[] {
	return Object.entries(json).flatMap(([key, value]) => {
		const here = [...path, key];
		if (isFile(value)) return here.join('.');
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
