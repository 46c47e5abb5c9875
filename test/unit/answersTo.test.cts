import { readOne } from '../../nodes/Kling/tasks/find';
import { CUSTOM_VOICE } from '../../nodes/Kling/tasks/kinds';
import { readMany } from '../../nodes/Kling/tasks/readMany';
import { clientOf } from '../support/contexts.cjs';
import { problemOf, valueOf } from '../support/answers.cjs';

const result = { voices: [{ voice_id: '9', voice_name: 'Carl' }] };
const task = (task_id?: string, external_task_id?: string) => ({
	task_id,
	task_info: { external_task_id },
	task_status: 'succeed',
	task_result: result,
});
const ONCE = { timeoutMs: 1_000 };

describe('An answer to the question for the task "mine" with the external ID "order-1"', () => {
	test.each<[string, object]>([
		['both IDs', task('mine', 'order-1')],
		['the task ID alone', task('mine')],
		['the external ID alone', task(undefined, 'order-1')],
		["Kling's own ID beside the external one", task('kling-7', 'order-1')],
		['no ID at all', task()],
	])('is taken with %s', async (_name, data) => {
		const { client } = await clientOf(() => ({ data }));
		const options = { ...ONCE, externalTaskId: 'order-1' };
		expect(valueOf(await readOne(client, CUSTOM_VOICE, 'mine', options)).status).toBe('succeed');
	});

	test.each<[string, object]>([
		['another task ID', task('carls')],
		['another external ID', task(undefined, 'order-2')],
		['the task ID and another external one', task('mine', 'order-2')],
		['two other IDs', task('carls', 'order-2')],
	])('is none with %s', async (_name, data) => {
		const { client } = await clientOf(() => ({ data }));
		const options = { ...ONCE, externalTaskId: 'order-1' };
		const reply = await readOne(client, CUSTOM_VOICE, 'mine', options);
		expect(problemOf(reply)).toMatchObject({ cause: 'mismatch', retry: 'afterLook' });
	});
});

test('readMany takes no row that has the task ID but the external ID of another task', async () => {
	const { client } = await clientOf(({ path }) =>
		path === CUSTOM_VOICE.path
			? { data: [task('1', 'order-9'), task('2', 'order-2')] }
			: { data: task('1', 'order-9') },
	);
	const externalIds = new Map([
		['1', 'order-1'],
		['2', 'order-2'],
	]);
	const found = await readMany(client, CUSTOM_VOICE, ['1', '2'], false, externalIds);
	expect([...found].map(([id, reply]) => [id, reply.ok])).toEqual([
		['2', true],
		['1', false],
	]);
});
