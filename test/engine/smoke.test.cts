import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { outputOf, startWorkflow, type WorkflowFile } from '../../sandbox/engine/index.cjs';
import { clipOf } from '../../sandbox/kling/connection.cjs';
import { credentialsFor, startSandbox } from '../support/engine/kling.cjs';

const template = join(__dirname, '../../workflows/create-custom-voice.json');

/** The shortest way through all of it; when this fails, look here before anywhere else. */
it('The template create-custom-voice.json creates a voice', async () => {
	const workflow = JSON.parse(readFileSync(template, 'utf8')) as WorkflowFile;
	const sandbox = await startSandbox({ submittedMs: 100, processingMs: 200 });
	try {
		const clip = clipOf(sandbox);
		const run = await startWorkflow(workflow, {
			credentials: credentialsFor(sandbox),
			pinData: {
				'When clicking ‘Execute workflow’': [{}],
				Recording: [{ voice_name: 'Narrator A', voice_url: clip }],
			},
		}).finished;
		expect(run.data.resultData.error).toBeUndefined();
		expect(outputOf(run, 'Create Custom Voice')).toMatchObject([
			{ json: { task_status: 'succeed', voice_name: 'Narrator A' }, pairedItem: { item: 0 } },
		]);
		expect(sandbox.tasks).toHaveLength(1);
	} finally {
		await sandbox.close();
	}
});
