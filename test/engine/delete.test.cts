import type { IDataObject, INodeListSearchResult } from 'n8n-workflow';

import { pickerContext } from '../../sandbox/engine/index.cjs';
import {
	CLIP,
	credentialsFor,
	errorOf,
	requestCounts,
	rowsOf,
	runKling,
	useSandbox,
	workflowOf,
	type Sandbox,
} from '../support/engine/kling.cjs';

const sandboxOf = useSandbox({ submittedMs: 0, processingMs: 0 });

async function makeVoices(sandbox: Sandbox, names: string[]): Promise<string[]> {
	await rowsOf(sandbox, {
		parameters: {
			voiceName: '={{ $json.name }}',
			voiceUrl: CLIP,
			waitFor: 'none',
			options: { maxConcurrency: 20 },
		},
		items: names.map((name) => ({ name })),
	});
	const rows = await rowsOf(sandbox, { parameters: { operation: 'getAll', returnAll: true } });
	sandbox.requests.splice(0);
	return names.map((name) => String(rows.find(({ voice_name: made }) => made === name)?.voice_id));
}

const deletion = (voiceId: unknown, options: IDataObject = {}) => ({
	operation: 'delete',
	voiceId: { __rl: true, mode: 'id', value: voiceId },
	options,
});

describe('Delete Custom Voice', () => {
	it('deletes the voice of each item', async () => {
		const sandbox = sandboxOf();
		const ids = await makeVoices(sandbox, ['A', 'B', 'C']);
		const rows = await rowsOf(sandbox, {
			parameters: deletion('={{ $json.id }}'),
			items: ids.slice(0, 2).map((id) => ({ id })),
		});
		expect(rows).toEqual(ids.slice(0, 2).map((id) => ({ deleted: true, voice_id: id })));
		const left = await rowsOf(sandbox, { parameters: { operation: 'getAll' } });
		expect(left.filter((row) => row.voice_id).map(({ voice_name: name }) => name)).toEqual(['C']);
	});

	it.each(['official', 'noData', 'emptyObject', 'empty'] as const)(
		'accepts the answer "%s" as deleted',
		async (envelope) => {
			const sandbox = sandboxOf();
			const [id] = await makeVoices(sandbox, ['A']);
			sandbox.addFault({ on: 'delete', kind: 'envelope', envelope });
			expect(await rowsOf(sandbox, { parameters: deletion(id) })).toEqual([
				{ deleted: true, voice_id: id },
			]);
		},
	);

	it('fails for a voice that is already deleted, unless Ignore Missing is on', async () => {
		const sandbox = sandboxOf();
		const [id] = await makeVoices(sandbox, ['A']);
		await rowsOf(sandbox, { parameters: deletion(id) });
		const again = await runKling(sandbox, { parameters: deletion(id) });
		expect(errorOf(again)).toContain('does not know this ID');
		expect(errorOf(again)).toContain('turn on Ignore Missing');
		const ignored = await rowsOf(sandbox, { parameters: deletion(id, { ignoreMissing: true }) });
		expect(ignored).toEqual([{ deleted: true, voice_id: id }]);
	});

	it('succeeds when its answer is lost and the repeated request finds no voice', async () => {
		const sandbox = sandboxOf();
		const [id] = await makeVoices(sandbox, ['A']);
		sandbox.addFault({ on: 'delete', kind: 'answerLost', times: 1 });
		expect(await rowsOf(sandbox, { parameters: deletion(id) })).toEqual([
			{ deleted: true, voice_id: id },
		]);
		expect(requestCounts(sandbox)).toEqual({ delete: 2 });
	});

	it('refuses an empty ID before any request', async () => {
		const sandbox = sandboxOf();
		const run = await runKling(sandbox, { parameters: deletion('={{ "" }}') });
		expect(errorOf(run)).toContain('There is no Voice ID');
		expect(sandbox.requests).toEqual([]);
	});
});

describe('The voice picker', () => {
	async function search(
		sandbox: Sandbox,
		filter?: string,
		token?: string,
	): Promise<INodeListSearchResult> {
		const { context, node } = pickerContext(
			workflowOf({ operation: 'delete' }),
			'Kling',
			credentialsFor(sandbox),
		);
		const method = node.methods?.listSearch?.searchVoices;
		if (!method) throw new Error('The node has no picker');
		return await method.call(context, filter, token);
	}

	it('lists names with their voice IDs, page by page', async () => {
		const sandbox = sandboxOf();
		const names = Array.from({ length: 130 }, (_, index) => `Voice ${index}`);
		await makeVoices(sandbox, names);
		const first = await search(sandbox);
		expect(first.results).toHaveLength(100);
		expect(first.results[0]).toEqual({
			name: expect.stringMatching(/^Voice \d+ \(\d{4}-\d\d-\d\d\)$/) as string,
			value: expect.stringMatching(/^\d{18}$/) as string,
		});
		const second = await search(sandbox, undefined, String(first.paginationToken));
		expect(second.paginationToken).toBeUndefined();
		expect(new Set([...first.results, ...second.results].map(({ value }) => value)).size).toBe(130);
	});

	it('finds a voice beyond the first page by part of its name', async () => {
		const sandbox = sandboxOf();
		await makeVoices(sandbox, [
			'Grandma',
			...Array.from({ length: 250 }, (_, index) => `Voice ${index}`),
		]);
		const found = await search(sandbox, 'grand');
		expect(found.results.map(({ name }) => name)).toEqual([expect.stringContaining('Grandma')]);
	});

	it('leaves out tasks without a voice', async () => {
		const sandbox = sandboxOf();
		sandbox.options.processingMs = 60_000;
		await rowsOf(sandbox, { parameters: { voiceName: 'A', voiceUrl: CLIP, waitFor: 'none' } });
		expect(await search(sandbox)).toEqual({ results: [] });
	});

	it('says that the gateway has no list', async () => {
		const sandbox = sandboxOf();
		sandbox.options.routes = { list: false };
		await expect(search(sandbox)).rejects.toThrow('This gateway does not offer this operation');
	});
});
