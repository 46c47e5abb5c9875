import type { IDataObject } from 'n8n-workflow';
import { finished, RESUMED, STARTED } from './answers.cjs';
import { next, probePause, probeTrigger } from './nodes.cjs';
import type { Act, Scenario } from './scenario.cjs';

const called = (...items: IDataObject[]): Act => ({
	do: 'call',
	to: 'production',
	body: { items },
	gives: STARTED,
});

/** One scenario for all that a restart must keep, because each restart takes n8n ten seconds. */
export const restartScenario: Scenario = {
	title:
		'A restart keeps pauses and known IDs, and a pause whose limit is over outputs what was stored',
	nodes: [probeTrigger({ remember: 10 }), probePause({ limitMs: '={{ $json.limitMs }}' }), next],
	fields: ['id', 'body', 'paused'],
	acts: [
		{ do: 'activate', gives: 'published' },
		called({ id: 'a', limitMs: 3_600_000 }),
		called({ id: 'b', limitMs: 1_000 }, { id: 'c' }),
		{ do: 'restart' },
		called({ id: 'a', limitMs: 1_000 }),
		{ do: 'call', to: 'resume', body: { after: 'restart' }, gives: RESUMED },
		{ do: 'timeLimit', of: 2 },
		{ do: 'ended', of: 2 },
		{ do: 'call', to: 'resume', of: 2, gives: finished(2) },
	],
	executions: [
		{ status: 'success', mode: 'webhook', next: [{ body: { after: 'restart' } }] },
		{
			status: 'success',
			mode: 'webhook',
			next: [
				{ id: 'b', paused: true },
				{ id: 'c', paused: true },
			],
		},
		{ status: 'success', mode: 'webhook', next: null },
	],
};
