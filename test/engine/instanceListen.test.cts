import {
	bellWorkflow,
	itemsOf,
	jsonsOf,
	useBell,
	type BellParts,
} from '../support/engine/bell.cjs';
import { postText } from '../support/engine/http.cjs';

const { notes, options, instanceOf } = useBell();

describe('Listening for a test event', () => {
	it('starts one manual execution and stores nothing', async () => {
		const parts: BellParts = {
			async webhook() {
				const { start } = this.getBodyData();
				const { listening } = this.getWorkflowStaticData('node');
				this.getWorkflowStaticData('node').manual = true;
				const json = { listening, mode: this.getMode() };
				return start === true ? { workflowData: itemsOf(json) } : { webhookResponse: 'no' };
			},
			execute: async function () {
				return [this.getInputData()];
			},
		};
		const { url, finished } = await instanceOf().listen(bellWorkflow, options(parts));
		expect(url).toBe(`${instanceOf().url}webhook-test/w1/hook`);
		expect(notes).toEqual(['checkExists manual manual', `create ${url}`]);
		expect(await postText(url, '{}')).toEqual({ status: 200, text: 'no' });
		expect((await postText(url, '{"start":true}')).status).toBe(200);
		const run = await finished;
		expect(run).toMatchObject({ mode: 'manual', status: 'success' });
		expect(jsonsOf(run)).toEqual([{ listening: true, mode: 'manual' }]);
		expect((await postText(url, '{"start":true}')).status).toBe(404);
		expect(notes.at(-1)).toBe('delete internal update');
		expect(instanceOf().workflows.load(bellWorkflow).staticData).toEqual({});
	});

	it('polls at once when the trigger has no webhook', async () => {
		const parts = { path: '={{ undefined }}', poll: async () => itemsOf({ polled: true }) };
		const { url, finished } = await instanceOf().listen(bellWorkflow, options(parts));
		expect(url).toBe('');
		expect(jsonsOf(await finished)).toEqual([{ polled: true }]);
	});
});
