import type {
	IDataObject,
	IExecuteFunctions,
	INodeExecutionData,
	INodeProperties,
	IWebhookFunctions,
} from 'n8n-workflow';

import { isRecord } from '../../api/envelope';
import { failed, ok, refused, type Reply } from '../../api/reply';
import { createOptions, waitFor } from '../../operation/createFields';
import type { CreateSpec } from '../../operation/createOrder';
import { createTasks } from '../../operation/createTask';
import { optionsField, output } from '../../operation/fields';
import { parameter, type Item } from '../../operation/item';
import { forEachItem } from '../../operation/items';
import { jsonObject } from '../../operation/json';
import { readLimits } from '../../operation/read';
import { resumeTasks } from '../../operation/resume';
import { ENDPOINTS } from '../../tasks/endpointList';
import { kindOfPath } from '../../tasks/endpoints';
import type { CreatedKind } from '../../tasks/kinds';
import { keepInNode, keptInNode } from '../../tasks/pause/kept';
import { bodyFields, downloadResults, resultField } from './fields';
import { sendInstant } from './instant';
import { pathField, readPath } from './path';
import { DOWNLOAD_RESULTS, OTHER_WORDS } from './words';

/** Where a pause keeps which kind of task it waits for. */
const KEPT = 'klingPath';

const specOf = (kind: CreatedKind): CreateSpec => ({
	kind,
	words: OTHER_WORDS,
	download: DOWNLOAD_RESULTS,
	readBody: (item) => readBody(item, kind),
	pasted: [],
	checks: [],
});

/** Ids that the user has put where the endpoint has them are the options of the same name. */
function readBody(item: Item, { path, idsIn }: CreatedKind): Reply<IDataObject> {
	const own = readPath(item);
	if (!own.ok) return own;
	if (own.value !== path) return failed(TWO_PATHS);
	const read = jsonObject(parameter(item, 'body', '{}'), 'Body');
	if (!read.ok) return read;
	if (Object.keys(read.value).length === 0) return failed(NO_BODY);
	const { options } = read.value;
	if (idsIn !== 'options' || !isRecord(options)) return read;
	const { external_task_id, callback_url } = options;
	return ok({
		...read.value,
		...(external_task_id !== undefined && { external_task_id }),
		...(callback_url !== undefined && { callback_url }),
	});
}

const TWO_PATHS = refused(
	'The items of one run have different paths',
	'Use a separate node for each path.',
);
const NO_BODY = refused('Body is empty', 'Enter the fields of the endpoint as a JSON object.');

export const option = {
	name: 'Create',
	value: 'create',
	action: 'Create other task',
	description: 'Call any Kling endpoint by its path, with a JSON body',
};

const GENERIC = kindOfPath('');
const options = createOptions('result', GENERIC);
const INSTANT = ENDPOINTS.filter(({ idsIn }) => idsIn === 'none').map(({ path }) => path);

/** Hides a field that means nothing for an endpoint that answers at once. */
function unlessInstant(field: INodeProperties, path: string): INodeProperties {
	const { show, hide } = field.displayOptions ?? {};
	return { ...field, displayOptions: { show, hide: { ...hide, [path]: INSTANT } } };
}

export const fields: INodeProperties[] = [
	pathField,
	...bodyFields,
	...waitFor('result', 'up to a few minutes').map((field) => unlessInstant(field, 'path')),
	{ ...downloadResults, displayOptions: { hide: { waitFor: ['none'] } } },
	...output,
	optionsField(
		unlessInstant(options.callbackUrl, '/path'),
		unlessInstant(options.externalTaskId, '/path'),
		options.maxConcurrency,
		resultField,
		unlessInstant(options.pollTimeout, '/path'),
		unlessInstant(options.pauseTimeout, '/path'),
	),
];

/** The path of the first item counts for the run, as all of it pauses and resumes together. */
export async function execute(context: IExecuteFunctions): Promise<INodeExecutionData[]> {
	const kind = kindOfPath(pathOfFirst(context));
	const spec = specOf(kind);
	if (kind.idsIn === 'none') {
		const work = async (item: Item) => await sendInstant(item, spec);
		const limits = readLimits(context, kind.timeoutS);
		return await forEachItem(context, work, { ...limits, creates: true });
	}
	keepInNode(context, KEPT, kind.path);
	return await createTasks(context, spec);
}

/** What is wrong with it, each item says for itself. */
function pathOfFirst(context: IExecuteFunctions): string {
	try {
		const path = readPath({ context, index: 0 });
		return path.ok ? path.value : '';
	} catch {
		return '';
	}
}

export async function resume(context: IWebhookFunctions) {
	const path = keptInNode(context, KEPT);
	return await resumeTasks(context, specOf(kindOfPath(typeof path === 'string' ? path : '/')));
}
