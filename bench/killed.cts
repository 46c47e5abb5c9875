import axios from 'axios';

import { photoOf } from '../sandbox/kling/connection.cjs';
import { startReady, type Ready } from '../sandbox/n8n/process/ready.cjs';
import { until } from '../sandbox/n8n/client/until.cjs';
import { activate, callWebhook } from '../test/support/e2e/activate.cjs';
import {
	onlyExecution,
	untilStatus,
	type ShownExecution,
} from '../test/support/e2e/executions.cjs';
import { klingNode, splitOut, webhookNode } from '../test/support/workflows.cjs';
import type { Figure, Measurement } from './figure.cjs';
import { VIDEOS } from './workflows.cjs';

const COUNT = 100;
const BYTES = 20 * 1024 * 1024;
/** The pause with a limit has this long for the kill and the start; n8n looks for due executions once a minute. */
const LIMIT_S = 180;
const LONGEST_MS = 420_000;

type End = 'hint' | 'limit';

/** A real n8n that is killed while the results of a paused run are downloaded. */
export const killed: Measurement = async (say) => {
	const figures: Figure[] = [];
	for (const end of ['hint', 'limit'] as const) {
		say(`${String(COUNT)} results of 20 MB, killed, then going on by the ${end}`);
		const ready = await startReady({
			sandbox: { fetchClips: false, submittedMs: 10, processingMs: 3_600_000 },
		});
		try {
			figures.push(await killedRun(ready, end));
		} finally {
			await ready.close();
		}
	}
	return figures;
};

async function killedRun(ready: Ready, end: End): Promise<Figure> {
	const { sandbox, n8n } = ready;
	sandbox.options.media = { kind: 'huge', bytes: BYTES, withLength: true };
	const workflow = await activate(ready, end, [
		webhookNode(end),
		splitOut('Split Out', 'body.names', 'name'),
		klingNode({
			...VIDEOS.parameters,
			imageUrl: photoOf(sandbox),
			waitFor: 'callback',
			options: { timeout: end === 'limit' ? LIMIT_S : 3_600 },
		}),
	]);
	const names = Array.from({ length: COUNT }, (_, index) => `Item ${String(index)}`);
	await callWebhook(n8n.address, end, { names });
	await until('the pause', () => sandbox.tasks.length === COUNT, LONGEST_MS);
	await untilStatus(ready, workflow, 'waiting', 1, LONGEST_MS);
	sandbox.hurry();
	const areUnderWay = () =>
		sandbox.downloads.filter(({ status }) => status !== undefined).length > 9;
	await until('some of the downloads', areUnderWay, LONGEST_MS);
	const downloads = sandbox.downloads.length;
	await ready.restart('kill');
	if (end === 'hint') {
		await untilStatus(ready, workflow, 'waiting', 1, LONGEST_MS);
		const { callback_url: url, task_id } = sandbox.tasks[0] ?? {};
		await axios.post(url ?? '', { task_id, task_status: 'succeed' }, { proxy: false });
	}
	return figureOf(ready, end, downloads, await onlyExecution(ready, workflow, LONGEST_MS));
}

function figureOf(
	{ sandbox }: Ready,
	end: End,
	downloads: number,
	{ status, items }: ShownExecution,
): Figure {
	const ids = new Set(items.map(({ task_id: id }) => id));
	const areKnown = sandbox.tasks.every(({ task_id: id }) => ids.has(id));
	const withUrl = items.filter(({ video_url: url }) => typeof url === 'string').length;
	const isWhole = items.length === COUNT && ids.size === COUNT && areKnown;
	return {
		what: `${String(COUNT)} results of 20 MB in one paused run, n8n killed while it downloads them (pause ended by: ${end})`,
		goal: end === 'hint' ? '100 items with ids and URLs' : '100 items with ids',
		measured: `${status}; killed at download ${String(downloads)}; ${String(items.length)} items, ${String(ids.size)} ids, ${String(withUrl)} URLs; ${String(sandbox.tasks.length)} tasks`,
		met:
			status === 'success' &&
			isWhole &&
			sandbox.tasks.length === COUNT &&
			(end === 'limit' || withUrl === COUNT),
	};
}
