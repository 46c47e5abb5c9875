import { startWorkflow } from '../../sandbox/engine/index.cjs';
import { nodeTypes } from '../../sandbox/engine/nodeTypes.cjs';
import { credentialsFor, errorItems, errorOf, NODE, workflowOf } from '../support/engine/kling.cjs';
import { items, rowsOfRun, usePausing, voice } from '../support/engine/pausing.cjs';
import { KLING, KLING_TOOL } from '../support/workflows.cjs';

const { sandboxOf, start } = usePausing();

const NARRATOR = { voiceName: 'Narrator A' };

describe('A pause that is not possible', () => {
	it.each([
		['a time limit below a minute', { timeout: 59 }, 'Enter 60 or more'],
		[
			'a callback URL among the additional fields',
			{ additionalFields: '{"callback_url":"https://example.com/"}' },
			'two callback URLs',
		],
	])('is refused for %s, before anything is created', async (_, options, words) => {
		const run = await start({ parameters: voice({ ...NARRATOR, options }) }).finished;
		expect(errorOf(run)).toContain(words);
		expect(sandboxOf().requests).toEqual([]);
	});

	it('is refused for a time limit beyond the calendar, before anything is created', async () => {
		await start({ parameters: voice({ options: { timeout: 1e13 } }), items: items(1) }).paused;
		expect(sandboxOf().tasks).toEqual([]);
	});

	it.each([
		['in a tool of an AI agent', { type: KLING_TOOL }, {}, 'AI agent'],
		['where n8n stores no execution', {}, { executionId: '' }, 'does not store this execution'],
	])('becomes polling %s, and the output pane says so', async (_, settings, given, words) => {
		Object.assign(sandboxOf().options, { submittedMs: 100, processingMs: 200 });
		const run = startWorkflow(workflowOf(voice(NARRATOR), settings), {
			credentials: credentialsFor(sandboxOf()),
			pinData: { Items: [{}] },
			nodeTypes: { [KLING_TOOL]: nodeTypes.getByNameAndVersion(KLING) },
			...given,
		});
		const result = await run.finished;
		expect(rowsOfRun(result)[0]).toMatchObject({ task_status: 'succeed' });
		expect(sandboxOf().tasks[0]?.callback_url).toBeUndefined();
		const [task] = result.data.resultData.runData[NODE] ?? [];
		expect(task?.hints?.map(({ message }) => message).join()).toContain(words);
	});

	it('is refused when Kling cannot reach this n8n, and the error names WEBHOOK_URL', async () => {
		const run = await start({
			parameters: voice({ ...NARRATOR, voiceUrl: 'https://example.com/a.mp3' }),
			credentials: { provider: 'kkiai', authentication: 'apiKey', apiKey: 'sk-not-a-key' },
		}).finished;
		expect(errorOf(run)).toContain('Kling cannot reach 127.0.0.1');
		expect(errorOf(run)).toContain('WEBHOOK_URL');
	});

	it('does not happen when every item is refused', async () => {
		const run = start({
			parameters: voice({ voiceName: '={{ "" }}' }),
			items: items(3),
			settings: { onError: 'continueErrorOutput', alwaysOutputData: true },
		});
		expect((await run.paused).status).toBe('success');
		expect(errorItems(await run.finished)).toHaveLength(3);
	});
});
