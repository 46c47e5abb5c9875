import type { IDataObject, WorkflowExecuteMode } from 'n8n-workflow';

import { startWorkflow } from '../../sandbox/engine/index.cjs';
import { photoOf } from '../../sandbox/kling/connection.cjs';
import {
	credentialsFor,
	errorOf,
	NODE,
	useSandbox,
	VOICE,
	workflowOf,
} from '../support/engine/kling.cjs';
import { useFastClock } from '../support/engine/fastClock.cjs';

useFastClock();
const sandboxOf = useSandbox();

/** Nothing becomes of a task before the test says so. */
const HOUR_MS = 3_600_000;

afterEach(() => {
	sandboxOf().options.processingMs = 200;
});

/** Runs the node as the editor's button does. @returns what the browser's console shows of it */
async function shownFor(
	parameters: IDataObject,
	mode: WorkflowExecuteMode = 'manual',
	items: IDataObject[] = [{}],
): Promise<string[]> {
	const shown: string[] = [];
	const run = startWorkflow(workflowOf(parameters), {
		credentials: credentialsFor(sandboxOf()),
		pinData: { Items: items },
		mode,
		onPush: (type, data) => {
			if (type !== 'sendConsoleMessage' || Array.isArray(data)) return;
			expect(data.source).toBe(`[Node: "${NODE}"]`);
			shown.push(String((data.messages as unknown[])[0]));
		},
	});
	expect(errorOf(await run.finished)).toBeUndefined();
	return shown;
}

const video = (): IDataObject => ({
	resource: 'video',
	operation: 'imageToVideo',
	imageUrl: photoOf(sandboxOf()),
	prompt: 'A host looks up.',
	downloadVideo: false,
});

describe('While a node waits for Kling, the browser’s console', () => {
	it('shows at once which task was made, and after each look its status and how long the wait has lasted', async () => {
		const sandbox = sandboxOf();
		sandbox.options.processingMs = HOUR_MS;
		sandbox.onRequest = ({ route }) => {
			if (route !== 'get') return;
			sandbox.finish(sandbox.tasks[0]?.task_id ?? '');
			delete sandbox.onRequest;
		};
		const shown = await shownFor(video());
		const [task] = sandbox.tasks;
		const about = `Task ${task?.task_id} of item 0: `;
		expect(shown).toHaveLength(3);
		expect(shown.every((line) => line.startsWith(about))).toBe(true);
		expect(shown[0]).toBe(`${about}submitted after 0 s`);
		expect(shown[1]).toMatch(/: processing after \d\d s$/);
		expect(shown.at(-1)).toMatch(/: succeed after \d\d s$/);
	});

	it('shows the tasks of all items', async () => {
		const items = [{}, {}, {}];
		const shown = await shownFor(VOICE, 'manual', items);
		for (const [index] of items.entries()) {
			const own = shown.filter((line) => line.includes(` of item ${index}: `));
			expect(own.at(-1)).toMatch(/: succeed after \d+ s$/);
		}
	});

	it('shows the task that Get waits for', async () => {
		const sandbox = sandboxOf();
		const task = sandbox.createTask({ kind: 'imageToVideo', body: { duration: '5' } });
		sandbox.finish(task.task_id);
		const shown = await shownFor({
			resource: 'video',
			operation: 'get',
			video: { __rl: true, mode: 'taskId', value: task.task_id },
			downloadVideo: false,
			options: { waitUntilFinished: true },
		});
		const wanted = new RegExp(`^Task ${task.task_id} of item 0: succeed after \\d s$`);
		expect(shown).toEqual([expect.stringMatching(wanted)]);
	});

	it('shows nothing when nobody watches, or nothing is waited for', async () => {
		expect(await shownFor(VOICE, 'trigger')).toEqual([]);
		expect(await shownFor({ ...VOICE, waitFor: 'none' })).toEqual([]);
	});
});
