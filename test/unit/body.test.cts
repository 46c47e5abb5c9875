import fc from 'fast-check';
import type { IDataObject } from 'n8n-workflow';
import { checkBody as checkAnyBody } from '../../nodes/Kling/operation/checks';
import { repairedAddress } from '../../nodes/Kling/media/address';
import { CHECKS } from '../../nodes/Kling/resources/customVoice/body';
import { problemOf, valueOf } from '../support/answers.cjs';

const API = 'www.kkiai.com';
const URL_SOURCE = { voice_url: 'https://files.example.com/a.mp3' };
const GOOD = { voice_name: 'Narrator A', ...URL_SOURCE, external_task_id: 'order-1042' };
const checkBody = async (body: IDataObject, apiHost: string) =>
	await checkAnyBody(body, { pasted: ['voice_url', 'video_id'], checks: CHECKS }, apiHost);

const EMOJI = '🎙️'.slice(0, 2);

const trimmed = (value: unknown) => (typeof value === 'string' ? value.trim() : value);

const refusal = async (fields: object) => problemOf(await checkBody({ ...GOOD, ...fields }, API));

describe('The voice name of a create', () => {
	test.each([
		['1', 'A'],
		['20', 'A'.repeat(20)],
		['20 with blanks', 'Narrator of the book'],
		['20 emoji', EMOJI.repeat(20)],
		['20 Chinese', '声'.repeat(20)],
	])('is accepted with %s characters', async (_name, voice_name) => {
		expect(valueOf(await checkBody({ ...GOOD, voice_name }, API)).voice_name).toBe(voice_name);
	});

	test.each([
		['21', 'A'.repeat(21), 21],
		['21 emoji', EMOJI.repeat(21), 21],
		['21 Chinese', '声'.repeat(21), 21],
	])('is refused with %s characters', async (_name, voice_name, length) => {
		expect(await refusal({ voice_name })).toMatchObject({
			cause: 'refused',
			retry: 'never',
			what: `The voice name "${voice_name}" has ${length} characters; Kling allows 20`,
		});
	});

	test('is quoted in part when it is a whole document', async () => {
		const { what } = await refusal({ voice_name: 'A'.repeat(1_000_000) });
		expect(what).toBe(
			`The voice name "${'A'.repeat(100)}…" has 1000000 characters; Kling allows 20`,
		);
	});

	test.each(['', ' ', '\t\n', '\u3000', undefined, null, 7, ['A'], {}])(
		'is refused as missing when it is %j',
		async (voice_name) => {
			expect((await refusal({ voice_name })).what).toMatch(
				/^The voice (has no name|name is not text)$/,
			);
		},
	);

	test('is measured in code points', async () => {
		await fc.assert(
			fc.asyncProperty(
				fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 }),
				async (voice_name) => {
					fc.pre(voice_name.trim() !== '');
					expect((await checkBody({ ...GOOD, voice_name }, API)).ok).toBe(
						[...voice_name].length <= 20,
					);
				},
			),
		);
	});
});

describe('The source of a create', () => {
	test.each([undefined, null, ''])('is missing when the URL is %j', async (voice_url) => {
		for (const video_id of [undefined, null, '']) {
			expect((await refusal({ voice_url, video_id })).what).toBe(
				'There is no source for the voice',
			);
		}
	});

	test('is refused when there are two', async () => {
		expect((await refusal({ video_id: '850087542757535834' })).what).toContain('two sources');
	});

	test('may be a Kling video', async () => {
		const body = { ...GOOD, voice_url: '', video_id: '850087542757535834' };
		expect(valueOf(await checkBody(body, API))).toEqual({
			voice_name: 'Narrator A',
			video_id: '850087542757535834',
			external_task_id: 'order-1042',
		});
	});

	test.each(['https://files.example.com/talk.mp4', 'talk.mp4', 'a b', true])(
		'is refused when the video ID is %j',
		async (video_id) => {
			expect((await refusal({ voice_url: '', video_id })).what).toBe(
				`"${video_id}" is not the ID of a Kling video`,
			);
		},
	);

	test.each([
		['ftp://files.example.com/a.mp3', 'is not an address'],
		['a.mp3', 'is not an address'],
		['https://files.example.com/a.txt', 'not .txt'],
		['http://localhost/a.mp3', 'Kling cannot reach localhost'],
		['http://192.168.1.5/a.mp3', 'Kling cannot reach 192.168.1.5'],
		[42, 'is not an address'],
		[{ url: 'https://files.example.com/a.mp3' }, 'is an object, not an address'],
		[['https://files.example.com/a.mp3'], 'is a list of 1, not an address'],
		[
			'https://drive.google.com/file/d/1AbCdEfGhIjKlMnOp/view',
			'is a Google Drive page about a file',
		],
	])('is refused when the URL is %j', async (voice_url, words) => {
		expect((await refusal({ voice_url })).what).toContain(words);
	});

	test('may have a local address when the API is local', async () => {
		const local = {
			voice_url: 'http://localhost:4010/a.mp3',
			callback_url: 'http://10.0.0.2/hook',
		};
		expect(valueOf(await checkBody({ ...GOOD, ...local }, '127.0.0.1'))).toEqual({
			...GOOD,
			...local,
		});
	});
});

describe('Callback URL and external ID of a create', () => {
	test.each([
		['n8n.example.com/webhook/kling', 'is not an address that begins with http'],
		['ftp://n8n.example.com/x', 'is not an address that begins with http'],
		['http://localhost:5678/webhook/kling', 'Kling cannot reach localhost'],
		[7, 'is not an address that begins with http'],
	])('are refused with the callback URL %j', async (callback_url, words) => {
		expect((await refusal({ callback_url })).what).toContain(words);
	});

	test.each([undefined, null, '', ' '])(
		'are refused with the external ID %j',
		async (external_task_id) => {
			expect((await refusal({ external_task_id })).what).toBe('The external task ID is not text');
		},
	);
});

test('the body of a create has no field that is not set, but false and 0', async () => {
	const extra = { callback_url: '', video_id: null, a: undefined, b: false, c: 0, d: { e: '' } };
	expect(valueOf(await checkBody({ ...GOOD, ...extra }, API))).toEqual({
		...GOOD,
		b: false,
		c: 0,
		d: { e: '' },
	});
});

test.each(['voice_url', 'video_id'])(
	'the body of a create has no blanks around its %s',
	async (key) => {
		const value = { voice_url: GOOD.voice_url, video_id: '850087542757535834' }[key];
		const { voice_url: _url, ...rest } = GOOD;
		const reply = await checkBody({ ...rest, [key]: ` ${value}\n` }, API);
		// Refusing it would do as well; what must not be is a request that Kling refuses.
		if (reply.ok) expect(reply.value[key]).toBe(value);
	},
);

test('every refusal of a create says what to do, and that nothing was sent', async () => {
	for (const fields of [
		{ voice_name: '' },
		{ voice_url: '' },
		{ video_id: '1' },
		{ callback_url: 'x' },
	]) {
		expect((await refusal(fields)).advice).toMatch(/^[A-Z].+\. Nothing was sent to Kling\.$/);
	}
});

test('the body of a create has one source, and only fields that are set', async () => {
	const text = fc.oneof(fc.constantFrom('', ' ', null, undefined), fc.string({ maxLength: 25 }));
	const url = fc.oneof(fc.webUrl(), text);
	const id = fc.oneof(fc.stringMatching(/^\d{18}$/), text);
	const body = fc.record(
		{
			voice_name: text,
			voice_url: url,
			video_id: id,
			callback_url: url,
			external_task_id: text,
			x_extra: fc.oneof(text, fc.integer(), fc.boolean()),
		},
		{ requiredKeys: [] },
	);
	await fc.assert(
		fc.asyncProperty(
			fc.oneof(
				body,
				body.map((fields) => ({ ...GOOD, ...fields })),
			),
			async (given) => {
				const before = JSON.stringify(given);
				const reply = await checkBody(given, API);
				expect(JSON.stringify(given)).toBe(before);
				if (!reply.ok) return;
				expect(['voice_url', 'video_id'].filter((key) => key in reply.value)).toHaveLength(1);
				for (const value of Object.values(reply.value))
					expect([undefined, null, '']).not.toContain(value);
				for (const [key, value] of Object.entries(reply.value)) {
					const wanted = trimmed((given as Record<string, unknown>)[key]);
					expect(trimmed(value)).toBe(
						key.endsWith('_url') ? repairedAddress(String(wanted)) : wanted,
					);
				}
			},
		),
		{ numRuns: 1000 },
	);
});
