import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { IDataObject, IExecuteFunctions, INodeExecutionData, IRun } from 'n8n-workflow';

import { nextExecutionId } from '../../sandbox/engine/workflow.cjs';
import { outputOf } from '../support/engine/kling.cjs';
import {
	acting,
	clip,
	given,
	one,
	reached,
	template,
	useTemplates,
} from '../support/engine/templates.cjs';

const { instance, sandbox, start, created, voiceId } = useTemplates();

describe('form-to-voice.json', () => {
	const submit = async (name: string, file: string): Promise<IRun> => {
		const executionId = nextExecutionId();
		// As n8n stores what a form uploads: under an id that it changes when the execution is saved.
		const upload = { name: file, mimeType: 'audio/mpeg', content: clip(file), temp: true };
		const submitted: INodeExecutionData = {
			json: {
				'Voice name': name,
				Recording: { filename: file, mimetype: 'audio/mpeg', size: clip(file).length },
				submittedAt: '2026-11-22T20:08:31.194-05:00',
				formMode: 'production',
			},
			binary: { Recording: await instance().storeFile(executionId, upload) },
		};
		const items = { 'Voice Form': [submitted] };
		return await start(template('form-to-voice.json'), { items, executionId }).finished;
	};

	it('makes a voice from the uploaded file, with its sample, and shows the voice ID', async () => {
		const run = await submit('Narrator A', 'narrator.mp3');
		expect(created()).toEqual([
			expect.objectContaining({
				voice_name: 'Narrator A',
				voice_url: expect.stringContaining(
					`${instance().url}rest/binary-data/signed?token=`,
				) as string,
			}),
		]);
		const [row] = outputOf(run, 'Create Custom Voice');
		expect(row?.json).toMatchObject({ task_status: 'succeed', voice_id: voiceId() });
		expect(Object.keys(row?.binary ?? {})).toEqual(['sample']);
		expect(row?.binary?.sample).toMatchObject({ mimeType: 'audio/mpeg' });
		expect(given(run, 'Show Voice ID')).toEqual([
			expect.objectContaining({
				operation: 'completion',
				responseText: expect.stringContaining(`Narrator A has the voice ID ${voiceId()}`) as string,
			}),
		]);
		expect(reached(run, 'Show What Went Wrong')).toEqual([]);
	});

	it.each([
		['a clip that is too short', 'Narrator A', 'short.mp3', '2.1 s long; Kling needs 5 to 30 s'],
		[
			'a name that is too long',
			'A narrator of many words',
			'narrator.mp3',
			'has 24 characters; Kling allows 20',
		],
	])('says what is wrong with %s, and creates nothing', async (_, name, file, words) => {
		const run = await submit(name, file);
		const [page] = given(run, 'Show What Went Wrong');
		expect(page?.completionMessage).toContain(words);
		expect(page?.completionMessage).not.toMatch(/undefined|null|\[/);
		expect(reached(run, 'Show Voice ID')).toEqual([]);
		expect(created()).toEqual([]);
	});
});

/** As Telegram sends what is spoken into it: Opus in Ogg. */
const VOICE_MESSAGE = readFileSync(join(__dirname, '../support/clips/opus-voice.ogg'));

describe('telegram-to-voice.json', () => {
	const message = (content: IDataObject): INodeExecutionData[] =>
		one({
			update_id: 100000001,
			message: {
				message_id: 7,
				from: { id: 42, is_bot: false, first_name: 'Ada', language_code: 'en' },
				chat: { id: 4242, first_name: 'Ada', type: 'private' },
				date: 1795396044,
				...content,
			},
		});
	const attached = (kind: string, fileId = 'narrator.mp3') => ({
		[kind]: { file_id: fileId, file_unique_id: 'AgADfQ', file_size: 32688 },
	});

	/** Telegram: the file of a known id, its error for any other, and what it was asked to send. */
	const receive = async (content: IDataObject): Promise<IRun> => {
		const file = template('telegram-to-voice.json');
		const executionId = nextExecutionId();
		const speech = { name: 'file_12.mp3', mimeType: 'audio/mpeg', content: clip('narrator.mp3') };
		const voiceMessage = { name: 'file_13.oga', mimeType: 'audio/ogg', content: VOICE_MESSAGE };
		const upload = 'voice' in content ? voiceMessage : speech;
		const data = await instance().storeFile(executionId, upload);
		const getFile = (context: IExecuteFunctions): INodeExecutionData =>
			context.getNodeParameter('fileId', 0) === 'narrator.mp3'
				? { json: { ok: true }, binary: { data }, pairedItem: { item: 0 } }
				: { json: { error: 'Bad Request: file is too big' }, pairedItem: { item: 0 } };
		const telegram = acting(file, 'n8n-nodes-base.telegram', (context) =>
			context.getNode().parameters.resource === 'file' ? [[getFile(context)]] : undefined,
		);
		const items = { 'Telegram Trigger': message(content) };
		return await start(file, { items, executionId, nodeTypes: telegram }).finished;
	};

	const answers = ['Send Voice ID', 'Say What Went Wrong', 'Ask for a Recording'];

	it('makes a voice from every kind of attachment, and answers with the voice ID', async () => {
		const kinds = ['voice', 'audio', 'video', 'video_note', 'document'];
		const caption = (kind: string) => `Ada & <${kind}>`;
		const runs = await Promise.all(
			kinds.map(async (kind) => await receive({ ...attached(kind), caption: caption(kind) })),
		);
		expect(created().map((body) => body.voice_name)).toEqual(
			expect.arrayContaining(kinds.map(caption)),
		);
		for (const [index, run] of runs.entries()) {
			const kind = kinds[index] ?? '';
			const task = sandbox().tasks.find(({ voice_name: name }) => name === caption(kind));
			expect(reached(run, ...answers)).toEqual(['Send Voice ID']);
			expect(given(run, 'Send Voice ID')).toMatchObject([
				{
					chatId: 4242,
					text: `Ada &amp; &lt;${kind}> is ready. Its voice ID is <code>${task?.voices[0]?.voice_id}</code>`,
					additionalFields: { appendAttribution: false, parse_mode: 'HTML' },
				},
			]);
		}
	});

	it('names the voice after the sender when there is no caption', async () => {
		await receive(attached('audio'));
		expect(created()).toMatchObject([{ voice_name: 'Ada' }]);
	});

	it.each([
		[
			'Kling cannot use',
			{ ...attached('audio'), caption: 'A name of many more words' },
			'20 [item',
		],
		['Telegram does not hand out', attached('video', 'too-big'), 'file is too big'],
	])('says in words what is wrong with a file that %s', async (_, content, words) => {
		const run = await receive(content);
		expect(reached(run, ...answers)).toEqual(['Say What Went Wrong']);
		const [answer] = given(run, 'Say What Went Wrong');
		expect(answer).toMatchObject({ chatId: 4242 });
		expect(answer?.text).toContain(words);
		expect(answer?.text).not.toMatch(/undefined|null|\[object/);
		expect(created()).toEqual([]);
	});

	it.each([['a text', { text: 'Hello' }]])('asks for a recording after %s', async (_, content) => {
		const run = await receive(content);
		expect(reached(run, ...answers, 'Get Recording')).toEqual(['Ask for a Recording']);
		expect(given(run, 'Ask for a Recording')).toMatchObject([{ chatId: 4242 }]);
	});
});
