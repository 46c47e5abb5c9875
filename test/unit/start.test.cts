import { EventEmitter } from 'node:events';
import type { IExecuteFunctions, IWebhookFunctions, WorkflowExecuteMode } from 'n8n-workflow';

import { isFirstDelivery } from '../../nodes/Kling/trigger/dedup';
import { onStart } from '../../nodes/Kling/trigger/start';

let database: Set<string>;
beforeEach(() => {
	database = new Set();
});

const places = (workflow: string) => ({
	getNode: () => ({ id: 'node' }),
	getWorkflow: () => ({ id: workflow }),
});

function execution(workflow: string, mode: WorkflowExecuteMode, ...ids: string[]) {
	const context = {
		...places(workflow),
		getMode: () => mode,
		getInputData: () => ids.map((event_id) => ({ json: { event_id } })),
		helpers: {
			checkProcessedAndRecord: async (asked: string[]) => {
				const fresh = asked.filter((id) => !database.has(id));
				for (const id of fresh) database.add(id);
				return { new: fresh, processed: asked.filter((id) => !fresh.includes(id)) };
			},
		},
	};
	return context as unknown as IExecuteFunctions;
}

const idsOf = async (context: IExecuteFunctions) =>
	(await onStart(context))[0]?.map(({ json }) => json.event_id);

describe('The start of an execution by an event', () => {
	it('passes an event once', async () => {
		expect(await idsOf(execution('once', 'webhook', 'a', 'b', 'a'))).toEqual(['a', 'b']);
		expect(await idsOf(execution('once', 'trigger', 'b', 'c'))).toEqual(['c']);
	});

	it('passes an event again when a user repeats the execution', async () => {
		await onStart(execution('retried', 'webhook', 'a'));
		expect(await idsOf(execution('retried', 'retry', 'a'))).toEqual(['a']);
		expect(await idsOf(execution('retried', 'webhook', 'a'))).toEqual([]);
	});

	it('remembers an event that another process has overwritten in the database', async () => {
		await onStart(execution('overwritten', 'webhook', 'a'));
		database.clear();
		expect(await idsOf(execution('overwritten', 'webhook', 'a'))).toEqual([]);
	});
});

describe('A callback to the trigger', () => {
	class Answer extends EventEmitter {
		statusCode = 200;
		writableFinished = true;
	}
	const callback = (workflow: string, answer = new Answer(), mode = 'webhook') =>
		({
			...places(workflow),
			getMode: () => mode,
			getResponseObject: () => answer,
		}) as unknown as IWebhookFunctions;

	it('starts an execution in one process once', () => {
		const [first, second] = [callback('isFirstDeliveryed'), callback('isFirstDeliveryed')];
		expect([first, second].map((context) => isFirstDelivery(context, 'a'))).toEqual([true, false]);
		expect(isFirstDelivery(callback('elsewhere'), 'a')).toBe(true);
	});

	it.each<[string, Partial<Answer>]>([
		['says that it could not store it', { statusCode: 500 }],
		['does not answer', { writableFinished: false }],
	])('may start an execution again when n8n %s', (_, how) => {
		const answer = Object.assign(new Answer(), how);
		const workflow = `again-${JSON.stringify(how)}`;
		expect(isFirstDelivery(callback(workflow, answer), 'a')).toBe(true);
		answer.emit('close');
		expect(isFirstDelivery(callback(workflow, new Answer()), 'a')).toBe(true);
	});

	it('is counted once when n8n has started its execution', () => {
		const answer = new Answer();
		isFirstDelivery(callback('taken', answer), 'a');
		answer.emit('close');
		expect(isFirstDelivery(callback('taken'), 'a')).toBe(false);
	});

	it('is counted each time while the editor listens for a test event', () => {
		for (let round = 0; round < 2; round += 1) {
			expect(isFirstDelivery(callback('manual', new Answer(), 'manual'), 'a')).toBe(true);
		}
	});
});
