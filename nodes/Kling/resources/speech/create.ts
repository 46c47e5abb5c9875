import type {
	IDataObject,
	IExecuteFunctions,
	INodeExecutionData,
	INodeProperties,
} from 'n8n-workflow';

import type { Payload } from '../../api/envelope';
import { failed, ok, refused, type Problem, type Reply } from '../../api/reply';
import { asText, requiredText, type Check } from '../../operation/checks';
import { derivedTaskId } from '../../operation/externalTaskId';
import { listOrId, optionsField, output } from '../../operation/fields';
import { locatorValue, parameter, type Item } from '../../operation/item';
import { forEachItem } from '../../operation/items';
import { readId } from '../../operation/read';
import { readOutputOptions, resultRow, type DownloadSwitch } from '../../operation/result';
import { inWordsOfUnnamed } from '../../operation/unnamed';
import { SPEECH } from '../../tasks/kinds';
import { memoryOf } from '../../tasks/memory';
import type { OutputRow } from '../../tasks/pause/notes';
import { readTask } from '../../tasks/task';
import { sendUnnamed } from '../../tasks/unnamed';
import { languagesOf, voicesOf } from './voices';

/** What a new node has. */
const FIRST_VOICE = 'oversea_male1';

const DOWNLOAD: DownloadSwitch = { name: 'downloadAudio', isOnByDefault: true };
/** Kling's page on text to speech, also for the speed. */
const LONGEST_TEXT = 1000;
const SLOWEST = 0.8;
const FASTEST = 2;

const checkText: Check = requiredText('text', {
	label: 'Text',
	name: 'text',
	missing: 'There is no text to speak',
	most: LONGEST_TEXT,
});

function checkSpeed({ voice_speed: speed }: IDataObject): Problem | undefined {
	return Number(speed) >= SLOWEST && Number(speed) <= FASTEST
		? undefined
		: refused('Speed is not a number from 0.8 to 2', 'Enter a number such as 1.2 in Speed.');
}

function checkLanguage({
	voice_id: id,
	voice_language: language,
}: IDataObject): Problem | undefined {
	const known = languagesOf(String(id));
	const [first] = known;
	if (first === undefined || known.some((one) => one === language)) return undefined;
	const name = voicesOf(first).find((voice) => voice.id === id)?.name ?? '';
	return refused(
		`The voice ${name} (${String(id)}) does not speak this language`,
		'Choose another Voice, or another Language.',
	);
}

async function readBody(item: Item): Promise<Reply<IDataObject>> {
	const voice = readId(locatorValue(parameter(item, 'voice', '')), 'Voice');
	if (!voice.ok) return voice;
	const body: IDataObject = {
		text: asText(parameter(item, 'text', '')),
		voice_id: voice.value,
		voice_language: parameter(item, 'language', 'en'),
		voice_speed: Number(parameter(item, 'speed', 1)),
	};
	for (const check of [checkText, checkSpeed, checkLanguage]) {
		const problem = await check(body, item.client.host);
		if (problem) return failed(problem);
	}
	return ok(body);
}

/** Answered at once, and known by no ID of ours: it is sent once, and never again when that is unclear. */
async function createOne(item: Item): Promise<Reply<OutputRow[]>> {
	const { context, client } = item;
	const body = await readBody(item);
	if (!body.ok) return body;
	const output = readOutputOptions(item, DOWNLOAD);
	if (!output.ok) return output;
	const payload = await sendUnnamed(client, {
		path: SPEECH.path,
		body: body.value,
		key: `${derivedTaskId(item)}:speech`,
		memory: memoryOf(context),
		isUsable: hasEnded,
		timeoutMs: SPEECH.timeoutS * 1000,
	});
	if (!payload.ok) return failed(inWordsOfUnnamed(payload.problem));
	const task = readTask(payload.value, SPEECH);
	const row = await resultRow({ context, client, kind: SPEECH }, task, output.value);
	return row.ok ? ok([row.value]) : row;
}

function hasEnded(payload: Payload): boolean {
	const { status, results } = readTask(payload, SPEECH);
	return status === 'failed' || results.length > 0;
}

export const option = {
	name: 'Create',
	value: 'create',
	action: 'Create speech',
	description: 'Turn text into speech for an avatar or lip-sync video',
};

export const fields: INodeProperties[] = [
	{
		displayName: 'Text',
		name: 'text',
		type: 'string',
		typeOptions: { rows: 3 },
		default: '',
		required: true,
		placeholder: 'e.g. Good evening, and welcome.',
		description: 'What to speak, up to 1000 characters',
	},
	{
		displayName: 'Language',
		name: 'language',
		type: 'options',
		default: 'en',
		description: 'The language of text and voice',
		options: [
			{ name: 'Chinese', value: 'zh' },
			{ name: 'English', value: 'en' },
		],
	},
	listOrId({
		displayName: 'Voice',
		name: 'voice',
		description: 'Who speaks. Custom voices speak only in videos.',
		search: 'searchSpeechVoices',
		select: 'a voice',
		example: FIRST_VOICE,
		preset: voicesOf('en').find(({ id }) => id === FIRST_VOICE),
	}),
	{
		displayName: 'Speed',
		name: 'speed',
		type: 'number',
		default: 1,
		typeOptions: { minValue: SLOWEST, maxValue: FASTEST, numberPrecision: 1 },
		description: 'How fast the voice speaks, from 0.8 to 2',
	},
	{
		displayName: 'Download Audio',
		name: 'downloadAudio',
		type: 'boolean',
		default: true,
		description:
			'Whether to download the speech as a file of the item. Kling deletes it after 30 days.',
	},
	...output,
	optionsField({
		displayName: 'Put Audio in Field',
		name: 'outputPropertyName',
		type: 'string',
		default: 'data',
		placeholder: 'e.g. data',
		hint: 'The name of the output binary field to put the speech in',
		displayOptions: { show: { '/downloadAudio': [true] } },
	}),
];

export const execute = async (context: IExecuteFunctions): Promise<INodeExecutionData[]> =>
	await forEachItem(context, createOne, { creates: true });
