import { CUSTOM_VOICE, IMAGE_TO_VIDEO, mayAnswer } from '../../nodes/Kling/tasks/kinds';
import { taskOf } from '../support/answers.cjs';

const made = (voice_name?: unknown) =>
	taskOf({
		task_id: '1',
		task_status: 'succeed',
		task_result: { voices: [{ voice_id: '9', voice_name }] },
	});

test.each<[string, boolean, ReturnType<typeof taskOf>]>([
	['the same name', true, made('Narrator A')],
	['another name', false, made('Narrator B')],
	['another case', true, made('narrator a')],
	['other spaces', true, made(' Narrator   A')],
	['null for a name', true, made(null)],
	['an empty name', true, made('')],
	['an object for a name', true, made({})],
	['a voice without a name', true, made()],
	['an unfinished task', true, taskOf({ task_id: '1', task_status: 'processing' })],
	['a failed task', true, taskOf({ task_id: '1', task_status: 'failed' })],
	['nothing', true, taskOf('')],
])('a task may be that of the voice "Narrator A" with %s: %s', (_name, expected, task) => {
	expect(mayAnswer(CUSTOM_VOICE, task, 'Narrator A')).toBe(expected);
});

test('the kind customVoice has the path and the page size that Kling documents', () => {
	expect(CUSTOM_VOICE).toMatchObject({
		path: '/v1/general/custom-voices',
		resultKey: 'voices',
		pageLimit: 1000,
	});
});

test('a wait of six minutes for a video costs at most 25 looks, the first after half a minute', () => {
	const { pausesMs } = IMAGE_TO_VIDEO;
	let looks = 0;
	for (let ms = pausesMs[0] ?? 0; ms <= 360_000; ms += pausesMs[looks] ?? pausesMs.at(-1) ?? 0) {
		looks += 1;
	}
	expect(pausesMs[0]).toBe(30_000);
	expect(looks).toBeLessThanOrEqual(25);
});
