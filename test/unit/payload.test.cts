import fc from 'fast-check';
import type { IDataObject } from 'n8n-workflow';

import { readClaim } from '../../nodes/Kling/trigger/payload';

const TYPES = ['customVoice', 'imageToVideo'] as const;
const read = (body: unknown) => readClaim(body as IDataObject, [...TYPES]);

test('reading a callback never throws, whatever its body holds', () => {
	fc.assert(
		fc.property(fc.object({ maxDepth: 5, withNullPrototype: true }), (body) => {
			read(body);
		}),
		{ numRuns: 2_000 },
	);
});

test('reading a callback never throws, whatever its known fields hold', () => {
	const anything = fc.anything({ maxDepth: 3 });
	const keys = ['task_id', 'id', 'task_status', 'status', 'task_result', 'task_info', 'outputs'];
	const body = fc.record(Object.fromEntries(keys.map((key) => [key, anything])), {
		requiredKeys: [],
	});
	fc.assert(
		fc.property(body, (given) => {
			const claim = read(given);
			if (claim) expect(typeof claim.taskId).toBe('string');
		}),
		{ numRuns: 2_000 },
	);
});

test.each<[string, IDataObject, string[]]>([
	['a voice', { task_result: { voices: [{ voice_id: '1' }] } }, ['customVoice']],
	['a video', { task_result: { videos: [{ id: '1' }] } }, ['imageToVideo']],
	['nothing', {}, ['customVoice', 'imageToVideo']],
	['an empty result', { task_result: { images: [] } }, ['customVoice', 'imageToVideo']],
	['pictures', { task_result: { images: [{ url: 'x' }] } }, []],
])('a callback with %s can be of these task types', (_, more, types) => {
	const claim = read({ task_id: '5', task_status: 'succeed', ...more });
	expect([...(claim?.tasks.keys() ?? [])]).toEqual(types);
});

test('a callback without a status but with a result and an ID counts as finished', () => {
	expect(read({ task_id: '5', voice_id: '1' })?.status).toBe('succeed');
	expect(read({ task_id: '5' })).toBeUndefined();
});
