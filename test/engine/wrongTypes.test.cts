import {
	CLIP,
	errorOf,
	requestCounts,
	rowsOf,
	runKling,
	useSandbox,
} from '../support/engine/kling.cjs';

const sandboxOf = useSandbox();

const create = { voiceName: 'Narrator A', voiceUrl: CLIP, waitFor: 'none' };

it('Create refuses a list as the field for the sample before anything is sent', async () => {
	const options = { downloadSample: true, outputPropertyName: ['a'] };
	const parameters = { ...create, waitFor: 'poll', options };
	const run = await runKling(sandboxOf(), { parameters });
	expect(errorOf(run)).toMatch(/The name of the output field for the file is not text/);
	expect(requestCounts(sandboxOf())).toEqual({});
});

const getMany = (status: unknown) => ({
	parameters: { operation: 'getAll', filters: { status } as object },
});

it.each([
	['one text', 'failed', 0],
	['a text with commas', 'submitted, processing,succeed', 1],
	['a list', ['submitted', 'processing', 'succeed'], 1],
	['an empty list', [], 1],
])('Get Many takes Status as %s', async (_, status, count) => {
	await rowsOf(sandboxOf(), { parameters: create });
	expect(await rowsOf(sandboxOf(), getMany(status))).toHaveLength(count);
});

it.each([[[1]], [{}], [[null]]])('Get Many refuses %j as Status', async (status) => {
	const run = await runKling(sandboxOf(), getMany(status));
	expect(errorOf(run)).toMatch(/Status in Filters is neither/);
	expect(requestCounts(sandboxOf())).toEqual({});
});

it.each([
	['a list as Voice Name', { voiceName: ['a'] }, 'The voice name is not text'],
	['an object as Voice Name', { voiceName: { a: 1 } }, 'The voice name is not text'],
	[
		'a list as Download Sample',
		{ waitFor: 'poll', options: { downloadSample: [1] } },
		'Turn Download Sample on or off',
	],
	[
		'a list as Download Audio',
		{ resource: 'speech', text: 'Hello', downloadAudio: [1] },
		'Turn Download Audio on or off',
	],
	['an object as Simplify', { simplify: {} }, 'Simplify is neither true nor false'],
	['a path as External Task ID', { options: { externalTaskId: '..' } }, 'cannot be ".."'],
	[
		'a path as external_task_id in Additional Fields',
		{ options: { additionalFields: '{"external_task_id":"a/b"}' } },
		'has characters that no ID has',
	],
	['a list as Timeout', { options: { timeout: [5] } }, 'is not a number of seconds'],
])('refuses %s before anything is sent', async (_, wrong, words) => {
	const run = await runKling(sandboxOf(), { parameters: { ...create, ...wrong } });
	expect(errorOf(run)).toContain(words);
	expect(requestCounts(sandboxOf())).toEqual({});
});

it('Create sends a voice name without the spaces around it', async () => {
	await rowsOf(sandboxOf(), { parameters: { ...create, voiceName: '  12345678901234567890 ' } });
	expect(sandboxOf().tasks[0]?.voice_name).toBe('12345678901234567890');
});

it.each(['checkClip', 'downloadSample'])('Create refuses a list as %s', async (option) => {
	const options = { [option]: ['x'] };
	const parameters = { ...create, waitFor: 'poll', options };
	const run = await runKling(sandboxOf(), { parameters });
	expect(errorOf(run)).toContain('is neither true nor false');
	expect(requestCounts(sandboxOf())).toEqual({});
});

it('Create takes the text "true" for Check Clip', async () => {
	const run = await runKling(sandboxOf(), {
		parameters: { ...create, options: { checkClip: 'True' } },
	});
	expect(errorOf(run)).toContain('could not be fetched');
	expect(requestCounts(sandboxOf())).toEqual({});
});

it.each<[unknown, string | undefined]>([
	['TRUE', undefined],
	['true', undefined],
	['false', 'does not know this ID'],
	[{}, 'Ignore Missing is neither true nor false'],
])('Delete takes %j for Ignore Missing', async (ignoreMissing, words) => {
	const voiceId = { __rl: true, mode: 'id', value: '850000000000000001' };
	const options = { ignoreMissing: ignoreMissing as string };
	const run = await runKling(sandboxOf(), {
		parameters: { operation: 'delete', voiceId, options },
	});
	if (words === undefined) expect(errorOf(run)).toBeUndefined();
	else expect(errorOf(run)).toContain(words);
});

it.each([[{ a: 1 }], [['x']]])('Get Many refuses %j as Voice Name', async (voiceName) => {
	const run = await runKling(sandboxOf(), {
		parameters: { operation: 'getAll', filters: { voiceName: voiceName as object } },
	});
	expect(errorOf(run)).toContain('Voice Name in Filters is not text');
});

it('Create takes the text "false" for Simplify', async () => {
	const [row] = await rowsOf(sandboxOf(), { parameters: { ...create, simplify: 'false' } });
	expect(row).toHaveProperty('task_info');
});
