import { outputOf, startWorkflow } from '../../sandbox/engine.cjs';
import { startSandbox } from '../../sandbox/server.cjs';
import { credentialsFor, workflowOf, NODE } from './support.cjs';

/** The shortest way through all of it; when this fails, look here before anywhere else. */
it('creates a voice with the built node on the real engine', async () => {
	const sandbox = await startSandbox({ submittedMs: 100, processingMs: 200 });
	try {
		const workflow = workflowOf({
			voiceName: '={{ $json.voice_name }}',
			voiceUrl: '={{ $json.voice_url }}',
		});
		const clip = `${sandbox.origin}/_sandbox/clips/narrator.mp3`;
		const run = await startWorkflow(workflow, {
			credentials: credentialsFor(sandbox),
			pinData: { Items: [{ voice_name: 'Narrator A', voice_url: clip }] },
		}).finished;
		expect(run.data.resultData.error).toBeUndefined();
		expect(outputOf(run, NODE)).toMatchObject([
			{ json: { task_status: 'succeed', voice_name: 'Narrator A' }, pairedItem: { item: 0 } },
		]);
		expect(sandbox.tasks).toHaveLength(1);
	} finally {
		await sandbox.close();
	}
});
