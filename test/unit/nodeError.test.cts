import type { INode } from 'n8n-workflow';
import { NodeApiError, NodeOperationError } from 'n8n-workflow';
import { problemFrom } from '../../nodes/Kling/api/errors';
import { refused, type Problem } from '../../nodes/Kling/api/reply';
import { nodeErrorFrom, withSavedTasks } from '../../nodes/Kling/operation/nodeError';

const node: INode = {
	id: '1',
	name: 'Kling',
	type: 'n8n-nodes-kling-voice.kling',
	typeVersion: 1,
	position: [0, 0],
	parameters: {},
};
const context = { getNode: () => node };
const problem: Problem = {
	cause: 'invalid',
	retry: 'never',
	what: 'It went wrong',
	advice: 'Do this.',
};

test.each<[string, Problem['task'], string]>([
	['no task', undefined, 'It went wrong [item 3]'],
	['a task', { task_id: '42', external_task_id: 'e' }, 'It went wrong [item 3, task 42]'],
	['an external id only', { external_task_id: 'e' }, 'It went wrong [item 3, external task e]'],
	['a voice', { voice_id: '9' }, 'It went wrong [item 3]'],
])('the message of a node error names the item and %s', (_name, task, message) => {
	for (const httpStatus of [undefined, 400]) {
		expect(nodeErrorFrom(context, { ...problem, task, httpStatus }, 3).message).toBe(message);
	}
});

test('a problem without an HTTP status becomes a NodeOperationError', () => {
	const error = nodeErrorFrom(context, problem, 3);
	expect(error).toBeInstanceOf(NodeOperationError);
	expect(error.description).toBe('Do this.');
	expect(error.context.itemIndex).toBe(3);
	expect(error.node).toBe(node);
});

test.each([200, 400, 401, 403, 404, 429, 500, 503, 524])(
	'a problem with HTTP %i becomes a NodeApiError',
	(httpStatus) => {
		const error = nodeErrorFrom(
			context,
			{ ...problem, httpStatus, code: '1201', requestId: 'req-1', task: { task_id: '42' } },
			0,
		);
		expect(error).toBeInstanceOf(NodeApiError);
		expect((error as NodeApiError).httpCode).toBe(String(httpStatus));
		// n8n has texts of its own for these; ours say more.
		expect(error.message).toBe('It went wrong [item 0, task 42]');
		expect(error.description).toBe(`Do this. (code 1201, HTTP ${httpStatus}, request req-1)`);
		expect(error.context.itemIndex).toBe(0);
	},
);

/** n8n replaces a message that holds one of its codes, and with it the item and the task. */
test.each([
	['a gateway in Node', 'connect ECONNREFUSED 10.0.0.3:443'],
	['a gateway that lost Kling', 'read ECONNRESET'],
	['a word with a code in it', 'No resourceAccess for this voice'],
])('the message of a node error shows item and task beside the words of %s', (_name, message) => {
	const refusal = problemFrom({ httpStatus: 500, code: 'do_request_failed', message });
	for (const httpStatus of [undefined, 500]) {
		const error = nodeErrorFrom(context, { ...refusal, httpStatus, task: { task_id: '42' } }, 3);
		expect(error.message).toContain('[item 3, task 42]');
		expect(error.message).toContain('The gateway could not reach Kling');
	}
});

describe('An error as n8n shows it', () => {
	const odd = '<img src=x onerror=alert(1)>'.repeat(200);
	const oddProblem = refused(`The field holds ${odd}`, `Remove ${odd}`);
	const others = Array.from({ length: 500 }, () => ({ json: { task_id: '8'.repeat(128) } }));

	test('has no markup and at most 2,000 characters, also with the tasks of other items', () => {
		const error = withSavedTasks(nodeErrorFrom(context, oddProblem, 0), others);
		for (const text of [error.message, String(error.description)]) {
			expect(text).not.toContain('<');
			expect(text.length).toBeLessThanOrEqual(2_000);
		}
	});
});
