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

it('refuses a field for the sample that is not a text, before anything is sent', async () => {
	const options = { downloadSample: true, outputPropertyName: ['a'] };
	const run = await runKling(sandboxOf(), { parameters: { ...create, options } });
	expect(errorOf(run)).toMatch(/The name of the field for the file is not a text/);
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
