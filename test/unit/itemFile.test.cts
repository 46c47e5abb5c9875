import type { IBinaryData } from 'n8n-workflow';

import {
	itemFile,
	lastingFile,
	signedAddress,
	type StoredFile,
} from '../../nodes/Kling/media/itemFile';
import { contextOf, storing, streamOf, type Stored } from '../support/contexts.cjs';
import { problemOf, valueOf } from '../support/answers.cjs';

const PUBLIC = 'www.kkiai.com';

const file = (more: Partial<StoredFile> = {}): StoredFile => ({
	id: 'filesystem-v2:workflows/w/executions/5/binary_data/a',
	data: 'filesystem-v2',
	mimeType: 'audio/mpeg',
	fileName: 'a.mp3',
	...more,
});

/** An item with files, as n8n's helpers see it. */
function itemWith(binary: Record<string, IBinaryData>, more: object = {}) {
	const log: Stored[] = [];
	const context = contextOf({
		getInputData: () => [{ json: {} }, { json: {}, binary }],
		getExecutionId: () => '5',
		helpers: {
			assertBinaryData: (item: number, field: string) => {
				const found = item === 1 ? binary[field] : undefined;
				if (!found) throw new Error('no such field');
				return found;
			},
			getBinaryStream: async () => streamOf(Buffer.alloc(10), Buffer.alloc(5)),
			prepareBinaryData: storing(log),
			...more,
		},
	});
	return { context, log };
}

describe('The file in a field of the item', () => {
	test.each(['data', 'a.b', 'Ton-Datei 声', '0'])(
		'is used as it is stored, in the field %s',
		async (field) => {
			const { context, log } = itemWith({ [field]: file() });
			expect(valueOf(await itemFile(context, 1, field))).toEqual(file());
			expect(log).toEqual([]);
		},
	);

	test('is stored first, under its name and type, when it came as text', async () => {
		const data = Buffer.from('speech').toString('base64');
		const given = { data, mimeType: 'audio/wav', fileName: 'a.wav' };
		const { context, log } = itemWith({ data: given });
		expect(valueOf(await itemFile(context, 1, 'data')).id).toBe('filesystem-v2:stored/1');
		expect(log).toEqual([{ bytes: 6, fileName: 'a.wav', mimeType: 'audio/wav' }]);
	});

	test.each([undefined, ''])(
		'is refused with the setting to change when n8n keeps it in memory (id %j)',
		async (id) => {
			const inMemory = async () => ({ ...file(), id });
			const given = { data: 'AAAA', mimeType: 'audio/wav', id };
			const { context } = itemWith({ data: given }, { prepareBinaryData: inMemory });
			const problem = problemOf(await itemFile(context, 1, 'data'));
			expect(problem).toMatchObject({ cause: 'refused', retry: 'never' });
			expect(problem.what).toContain('in memory');
			expect(problem.advice).toMatch(/N8N_DEFAULT_BINARY_DATA_MODE.*Nothing was sent/);
		},
	);

	test('is refused with the names of the other fields when it is missing', async () => {
		const { context } = itemWith({ voice: file(), other: file() });
		const problem = problemOf(await itemFile(context, 1, 'data'));
		expect(problem.what).toBe('The item has no file in the field "data"');
		expect(problem.advice).toContain('voice, other');
	});

	test('is not taken from another item', async () => {
		const { context } = itemWith({ data: file() });
		expect(problemOf(await itemFile(context, 0, 'data')).advice).toContain('no files at all');
	});

	test('is refused when the field has no name', async () => {
		const { context } = itemWith({ data: file() });
		expect(problemOf(await itemFile(context, 1, '')).what).toBe('There is no Input Binary Field');
	});

	test.each([undefined, '', 5])('is taken without a type (%j)', async (mimeType) => {
		const { context, log } = itemWith({ data: { data: 'AAAA', mimeType } as never });
		expect(valueOf(await itemFile(context, 1, 'data')).id).toBe('filesystem-v2:stored/1');
		expect(log[0]?.mimeType).toBeUndefined();
		const stored = itemWith({ data: { ...file(), mimeType } as never });
		expect(valueOf(await itemFile(stored.context, 1, 'data')).id).toBe(file().id);
	});

	test('may be given itself, by an expression', async () => {
		const { context, log } = itemWith({});
		expect(valueOf(await itemFile(context, 0, file()))).toEqual(file());
		expect(log).toEqual([]);
		const data = `data:audio/wav;base64,${Buffer.from('speech').toString('base64')}`;
		valueOf(await itemFile(context, 0, { data, mimeType: 'audio/wav' }));
		expect(log).toEqual([{ bytes: 6, fileName: undefined, mimeType: 'audio/wav' }]);
	});

	test.each([
		[{ a: 1 }, 'an object that is not an n8n file'],
		[{ data: 5, id: 7 }, 'an object that is not an n8n file'],
		[['data'], 'a list, not one file'],
		[true, 'a boolean, not the name'],
		[null, 'There is no Input Binary Field'],
		[7, 'no file in the field "7"'],
		['x'.repeat(5000), 'no file in the field "xxx'],
	])('is refused in words when the field is %#', async (given, words) => {
		const { context } = itemWith({ data: file() });
		const { what } = problemOf(await itemFile(context, 1, given));
		expect(what).toContain(words);
		expect(what.length).toBeLessThan(200);
	});

	// n8n finds "constructor" in every object, and an entry of a Code node may lack its data.
	it.each([
		['without its data', { data: { mimeType: 'audio/mpeg' } as IBinaryData }, 'data'],
		['that is none', {}, 'constructor'],
	])('is refused in words: %s', async (_, binary, field) => {
		const { context } = itemWith(binary);
		problemOf(await itemFile(context, 1, field));
	});
});

describe('The signed address of a file', () => {
	const signs: [StoredFile, string][] = [];
	const context = (address: string) =>
		itemWith(
			{},
			{
				createBinarySignedUrl: (...given: [StoredFile, string]) => {
					signs.push(given);
					return address;
				},
			},
		).context;
	const SIGNED = 'https://n8n.example.com/rest/binary-data/signed?token=t';

	test.each([
		[0, '3600s'],
		[0.2, '3601s'],
		[300, '3900s'],
		[86_400, '90000s'],
	])('is valid for %d s and an hour: %s', async (lifeS, life) => {
		signs.length = 0;
		const address = valueOf(await signedAddress(context(SIGNED), file(), lifeS, PUBLIC));
		expect(address).toBe(SIGNED);
		expect(signs).toEqual([[file(), life]]);
	});

	test('is refused, without its token, on a host that Kling cannot reach', async () => {
		const local = 'http://localhost:5678/rest/binary-data/signed?token=secret';
		const problem = problemOf(await signedAddress(context(local), file(), 60, PUBLIC));
		expect(problem.what).toContain('localhost');
		expect(problem.advice).toMatch(/WEBHOOK_URL.*Nothing was sent/);
		expect(JSON.stringify(problem)).not.toContain('secret');
	});

	test('may be on a local host when the API is on the same', async () => {
		const local = 'http://localhost:5678/rest/binary-data/signed?token=t';
		expect(valueOf(await signedAddress(context(local), file(), 60, '127.0.0.1'))).toBe(local);
	});

	test('does not exist before n8n 1.90, and the error says so', async () => {
		const { context: old } = itemWith({}, { createBinarySignedUrl: undefined });
		expect(problemOf(await signedAddress(old, file(), 60, PUBLIC)).advice).toContain('1.90');
	});
});

describe('The file that Kling fetches', () => {
	test.each([{}, { fileName: 'a.mp3' }, { mimeType: 'audio/mpeg' }])(
		'is the stored one when nothing about it changes: %j',
		async (better) => {
			const { context, log } = itemWith({});
			expect(valueOf(await lastingFile(context, file(), better))).toEqual(file());
			expect(log).toEqual([]);
		},
	);

	test.each<[string, Partial<StoredFile>, { fileName?: string; mimeType?: string }]>([
		['of a form', { id: 'filesystem-v2:workflows/w/executions/temp/binary_data/a' }, {}],
		['of another execution', { id: 'filesystem-v2:workflows/w/executions/51/binary_data/a' }, {}],
		['of an execution whose ID ends alike', { id: 'x/executions/15/binary_data/a' }, {}],
		['in a database', { id: 'database:5' }, {}],
		['under a wrong name', {}, { fileName: 'b.mp3' }],
		['of a wrong type', {}, { mimeType: 'audio/wav' }],
	])('is a copy: %s', async (_, given, better) => {
		const { context, log } = itemWith({});
		const copy = valueOf(await lastingFile(context, file(given), better));
		expect(copy.id).toBe('filesystem-v2:stored/1');
		expect(log).toEqual([{ bytes: 15, fileName: 'a.mp3', mimeType: 'audio/mpeg', ...better }]);
	});

	test('cannot be kept in memory', async () => {
		const inMemory = async () => ({ ...file(), id: undefined });
		const { context } = itemWith({}, { prepareBinaryData: inMemory });
		const reply = await lastingFile(context, file({ id: 'database:5' }), {});
		expect(problemOf(reply).what).toContain('in memory');
	});
});
