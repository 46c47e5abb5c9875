import { createServer } from 'node:http';
import { type LocalServer, listenLocally } from '../../sandbox/localServer.cjs';
import { clipOf } from '../../sandbox/kling/connection.cjs';
import { type Ready, startReady } from '../../sandbox/n8n/process/ready.cjs';
import { until } from '../../sandbox/n8n/client/until.cjs';
import { activate, callWebhook } from '../support/e2e/activate.cjs';
import { endedExecutions } from '../support/e2e/executions.cjs';
import { httpRequest, klingNode, webhookNode } from '../support/workflows.cjs';

const MB = 1024 * 1024;

/** By megabytes, milliseconds from the create to Kling's call: from before the pause to after it has been stored. */
const DELAYS = new Map([
	[10, [50, 150, 350, 700, 1_500]],
	[30, [250, 700, 1_500]],
	[60, [500, 1_500]],
]);

/** Long before the node's timeout, which is a quarter of an hour. */
const ENDS_WITHIN_MS = 60_000;

let ready: Ready;
let filler: LocalServer;

beforeAll(async () => {
	// What makes an execution big: the answer to a request, as a table or a picture in JSON would be.
	const server = createServer(({ url = '' }, res) => {
		const [, megabytes = '1'] = /mb=(\d+)/.exec(url) ?? [];
		res.setHeader('content-type', 'application/json');
		res.end(JSON.stringify({ filler: 'x'.repeat(Number(megabytes) * MB) }));
	});
	filler = await listenLocally(server);
	ready = await startReady({ sandbox: { fetchClips: false, submittedMs: 10 } });
}, 300_000);

afterAll(async () => {
	await ready.close();
	await filler.close();
});

test.each([...DELAYS])(
	'a pause with %i MB of data ends by its callback, also when that comes before n8n has stored it',
	async (megabytes, delays) => {
		const { sandbox, n8n } = ready;
		const path = `big-${megabytes}`;
		const workflow = await activate(ready, path, [
			webhookNode(path),
			httpRequest('Load', { url: `http://127.0.0.1:${filler.port}/?mb=${megabytes}` }),
			klingNode({
				voiceName: 'Big',
				voiceUrl: clipOf(sandbox),
				waitFor: 'callback',
				options: { timeout: 900 },
			}),
		]);
		const answers: (number | undefined)[] = [];
		for (const [index, delay] of delays.entries()) {
			Object.assign(sandbox.options, { processingMs: delay });
			const tasks = sandbox.tasks.length;
			// One at a time: of many that pause together the node takes care in another way.
			await callWebhook(n8n.address, path, {});
			const task = await until('the task', () => sandbox.tasks[tasks]);
			const all = await endedExecutions(ready, workflow, index + 1, ENDS_WITHIN_MS);
			expect(all.map(({ status }) => status)).toEqual(Array(index + 1).fill('success'));
			expect(all[0]?.items).toMatchObject([{ voice_id: task.voices[0]?.voice_id }]);
			expect(all[0]?.items[0]).not.toHaveProperty('timed_out');
			const call = sandbox.callbacks.find(
				(one) => one.task_id === task.task_id && one.task_status === 'succeed',
			);
			answers.push(call?.status);
		}
		console.log(`${megabytes} MB: ${answers.join(' ')}`);
	},
);
