/** Answers in shapes that clients have recorded of Kling and of gateways; ids, addresses and names are made up. */

interface Shape {
	name: string;
	status: number;
	body: unknown;
	expected: { task?: object; refusal?: object };
}

export const IMAGE_TO_VIDEO_KEYS = { resultKey: 'videos', idKey: 'id' };

const MADE = 1766000000000;
const ENVELOPE = {
	code: 0,
	message: 'SUCCEED',
	request_id: 'aaaaaaaa-0000-4000-8000-000000000001',
};
const VIDEO = { id: '811000000000000002', url: 'https://cdn.example.com/1.mp4', duration: '5.1' };
const SHORT_ID = 'CjAbCd_efGhIAAAAAAHxyz';

const task = (fields: object) => ({
	task_id: '811000000000000001',
	created_at: MADE,
	updated_at: MADE + 9_000,
	...fields,
});

export const recordedShapes: Shape[] = [
	{
		name: 'a create without task_info',
		status: 200,
		body: { ...ENVELOPE, data: task({ task_status: 'submitted' }) },
		expected: { task: { taskId: '811000000000000001', status: 'submitted' } },
	},
	{
		name: 'a task under way with an empty result',
		status: 200,
		body: {
			...ENVELOPE,
			data: task({ task_status: 'processing', task_info: {}, task_result: {} }),
		},
		expected: { task: { status: 'processing', results: [] } },
	},
	{
		name: 'an ID of 22 characters that is also that of the request',
		status: 200,
		body: {
			...ENVELOPE,
			request_id: SHORT_ID,
			data: task({ task_id: SHORT_ID, task_status: 'submitted' }),
		},
		expected: { task: { taskId: SHORT_ID } },
	},
	{
		name: 'a success in Chinese',
		status: 200,
		body: {
			...ENVELOPE,
			message: '成功',
			data: task({ task_status: 'succeed', task_result: { videos: [VIDEO] } }),
		},
		expected: { task: { status: 'succeed', results: [VIDEO] } },
	},
	{
		name: 'a success with what was charged',
		status: 200,
		body: {
			...ENVELOPE,
			data: task({
				task_status: 'succeed',
				task_info: { external_task_id: '42' },
				task_result: { videos: [VIDEO] },
				final_unit_deduction: '4',
			}),
		},
		expected: { task: { externalTaskId: '42', units: 4 } },
	},
	{
		name: 'data before the message, with an empty ID in the result',
		status: 200,
		body: {
			code: 0,
			data: task({ task_status: 'succeed', task_result: { videos: [{ ...VIDEO, id: '' }] } }),
			message: 'SUCCEED',
		},
		expected: { task: { status: 'succeed', results: [{ url: VIDEO.url }] } },
	},
	{
		name: 'a failed task under a message of success',
		status: 200,
		body: {
			...ENVELOPE,
			data: task({ task_status: 'failed', task_result: {}, task_status_msg: 'Image is too small' }),
		},
		expected: { task: { status: 'failed', statusMessage: 'Image is too small' } },
	},
	{
		name: 'a callback with three lists, two of them empty',
		status: 200,
		body: task({
			task_status: 'succeed',
			task_info: {},
			task_result: { images: [], videos: [VIDEO], audios: [] },
		}),
		expected: { task: { status: 'succeed', results: [VIDEO] } },
	},
	{
		name: 'a test callback of the new standard',
		status: 200,
		body: {
			id: '811000000000000001',
			status: 'submitted',
			outputs: [],
			message: '',
			create_time: MADE,
		},
		expected: { task: { taskId: '811000000000000001', status: 'submitted', results: [] } },
	},
	{
		name: 'a list of one task of the new standard',
		status: 200,
		body: {
			...ENVELOPE,
			data: [
				{
					id: '811000000000000001',
					status: 'succeeded',
					external_id: 'a-1',
					create_time: MADE,
					outputs: [{ type: 'video', ...VIDEO }],
					billing: [{ charge_type: 'unit', amount: '5', package_type: 'video' }],
				},
			],
		},
		expected: { task: { externalTaskId: 'a-1', status: 'succeed', results: [VIDEO], units: 5 } },
	},
	{
		name: 'an unknown task of the new standard',
		status: 200,
		body: { ...ENVELOPE, data: [] },
		expected: { task: { status: 'unknown', results: [] } },
	},
	{
		name: 'a failed task of the new standard that cost nothing',
		status: 200,
		body: {
			...ENVELOPE,
			data: [
				{
					id: '811000000000000001',
					status: 'failed',
					message: 'Risk control',
					outputs: [],
					billing: [{ amount: '0' }],
				},
			],
		},
		expected: { task: { status: 'failed', statusMessage: 'Risk control', units: 0 } },
	},
	{
		name: 'a create that is pending',
		status: 200,
		body: {
			code: 0,
			message: 'SUCCEED',
			data: { task_id: '811000000000000001', task_status: 'pending' },
		},
		expected: { task: { status: 'submitted' } },
	},
	{
		name: 'a missing token under HTTP 200',
		status: 200,
		body: { error: { message: 'Token not provided (request id: 2026)', type: 'api_error' } },
		expected: { refusal: { cause: 'account' } },
	},
	{
		name: 'an empty balance under HTTP 429',
		status: 429,
		body: { code: 1102, message: 'Account balance not enough', request_id: 'ab12' },
		expected: { refusal: { cause: 'account', retry: 'never', code: '1102' } },
	},
	{
		name: 'too many tasks at once',
		status: 429,
		body: { code: 1303, message: 'parallel task over resource pack limit' },
		expected: { refusal: { cause: 'busy', retry: 'afterPause' } },
	},
	{
		name: 'an unknown task',
		status: 400,
		body: { code: 1201, message: 'Task not found by id/external id: nobody' },
		expected: { refusal: { cause: 'missing' } },
	},
	{
		name: 'a used external ID',
		status: 400,
		body: { code: 1201, message: 'External_task_id a-1 already exists' },
		expected: { refusal: { cause: 'duplicate' } },
	},
	{
		name: 'an invalid mode',
		status: 400,
		body: { code: 1201, message: "mode value 'std' is invalid" },
		expected: { refusal: { cause: 'invalid', retry: 'never' } },
	},
	{
		name: 'a failed video in the style of OpenAI',
		status: 200,
		body: {
			id: 'q-1',
			object: 'video',
			model: 'kling-v2-1',
			status: 'failed',
			error: { code: '0', message: 'Risk control' },
		},
		expected: { task: { taskId: 'q-1', status: 'failed', statusMessage: 'Risk control' } },
	},
];
