import type { WorkflowFile } from '../../sandbox/engine/index.cjs';
import { is2x } from '../../sandbox/engine/workflow.cjs';
import { errorOf, NODE, outputOf, workflowOf } from '../support/engine/kling.cjs';
import { endOf, items, usePausing, voice, voiceNames } from '../support/engine/pausing.cjs';

const { instanceOf, startWorkflow, finishAll, callBack } = usePausing();

const describe2x = is2x ? describe : describe.skip;

describe2x('A workflow that keeps its files inside the JSON', () => {
	const combined = (file: WorkflowFile): WorkflowFile => ({
		...file,
		settings: { binaryMode: 'combined' },
	});

	it('pauses and resumes', async () => {
		const run = startWorkflow(combined(workflowOf(voice())), {}, items(2));
		await run.paused;
		finishAll();
		await callBack();
		expect(voiceNames(await endOf(run))).toEqual(['Voice 0', 'Voice 1']);
	});

	it('gets the sample inside the JSON', async () => {
		const run = startWorkflow(combined(workflowOf(voice({ options: { downloadSample: true } }))));
		await run.paused;
		finishAll();
		await callBack();
		const [item] = outputOf(await endOf(run), NODE);
		expect(JSON.stringify(item)).toContain('"fileType":"audio"');
	});

	it('is told the path of its files when the input field is wrong', async () => {
		const data = await instanceOf().storeFile('1', {
			name: 'a.mp3',
			mimeType: 'audio/mpeg',
			content: Buffer.from('x'),
		});
		const parameters = { voiceName: 'A', voiceSource: 'binary', binaryPropertyName: 'data' };
		const files = { _files: { data: { ...data } } };
		const run = startWorkflow(combined(workflowOf(parameters)), {}, [files]);
		const message = errorOf(await endOf(run));
		expect(message).not.toContain('no files at all');
		expect(message).toContain('_files.data');
	});
});
