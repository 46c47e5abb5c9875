import type { IDataObject } from 'n8n-workflow';

import type { TaskKind } from '../../sandbox/kling/server.cjs';
import { useInstance, useSandbox } from '../support/engine/kling.cjs';
import { call, events, useTrigger } from '../support/engine/trigger.cjs';

const sandboxOf = useSandbox({ submittedMs: 600_000, processingMs: 600_000, callbacks: false });
const { activate } = useTrigger(sandboxOf, useInstance());

/** A finished task, and what Kling calls with. */
function finished(kind: TaskKind, body: IDataObject = {}) {
	const sandbox = sandboxOf();
	const { task_id } = sandbox.createTask({ kind, body });
	sandbox.finish(task_id);
	return { task_id, task_status: 'succeed' };
}

describe('A trigger with its default settings', () => {
	it.each<[TaskKind, string]>([
		['customVoice', 'customVoice'],
		['lipSync', 'lipSync'],
		['avatar', 'avatar'],
		['motionControl', '/v1/videos/motion-control'],
		['image', '/v1/images/generations'],
		['textToAudio', '/v1/audio/text-to-audio'],
	])(
		'starts the workflow for a task of the kind %s, read back by its own path',
		async (kind, type) => {
			const workflow = await activate();
			expect(await call(workflow, finished(kind))).toBe(200);
			expect(await events(workflow)).toMatchObject([{ task_type: type, task_status: 'succeed' }]);
		},
	);
});

describe('A kind of task that the gateway does not offer to read', () => {
	it('is answered with 503, so that nothing is lost in silence', async () => {
		const task = finished('avatar');
		sandboxOf().options.routes.kinds = { avatar: false };
		const workflow = await activate({ taskTypes: ['avatar'] });
		expect(await call(workflow, task)).toBe(503);
		sandboxOf().options.routes.kinds = {};
		expect(await events(workflow)).toEqual([]);
	});

	it('is left out of a poll, which gives what the others have', async () => {
		sandboxOf().options.routes.kinds = { avatar: false };
		const workflow = await activate({ receive: 'poll', taskTypes: ['avatar', 'customVoice'] });
		await workflow.poll();
		finished('customVoice');
		await workflow.poll();
		sandboxOf().options.routes.kinds = {};
		expect(await events(workflow)).toMatchObject([{ task_type: 'customVoice' }]);
	});
});
