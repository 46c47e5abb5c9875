import { cpus } from 'node:os';

import type { Figure } from '../figure.cjs';
import { figureTable, tableOf } from '../section.cjs';
import { CONDITIONS, type Result } from './creates.cjs';

const EXPLAINED: Record<string, string> = {
	'no cap': 'The sandbox accepts every create at once.',
	'5 in flight':
		'A create takes 500 ms. While five are running, the sandbox refuses any other with 429 and code 1303, like an account whose resource pack allows five. The ideal for 200 creates is 20 s.',
	'2 % faults':
		'Of the first 200 creates, every fiftieth goes wrong: HTTP 503, a connection reset before the voice is made, a reset after it, and HTTP 500 after it. Of the reads, 2 % are answered with HTTP 503.',
};

/** The section of `docs/bench.md`. */
export function pageOf(
	{ items, rounds }: { items: number; rounds: number },
	figures: Figure[],
	results: Result[],
): string {
	return [
		'# Measured in a real n8n',
		`Written by \`npm run bench -- real\`, on ${String(cpus().length)} cores. One machine ran n8n with SQLite and its default settings, the package as \`npm pack\` makes it, and the sandbox, a stand-in for Kling's API. They were connected over loopback. Every workflow was started by its production webhook.`,
		'## Goals',
		figureTable(figures),
		'![How long a finished voice waits for the next node](bench-ready.svg)',
		`## ${String(items)} voices: this package beside workflows without it`,
		WAYS_EXPLAINED,
		`Each way was run ${String(rounds)} times, in turns. The tables show the run with the median time; *failed* and *made twice* are the worst of all runs.`,
		`![Seconds for ${String(items)} voices, by way and condition](bench.svg)`,
		...CONDITIONS.flatMap(({ name }) => partOf(name, results)),
		COLUMNS_EXPLAINED,
	]
		.join('\n\n')
		.concat('\n');
}

function partOf(name: string, results: Result[]): string[] {
	const rows = results
		.filter(({ condition }) => condition === name)
		.map(({ contestant, run }) => [
			contestant,
			run.wallSeconds.toFixed(2),
			String(run.failed),
			String(run.duplicates),
			String(run.requests),
			`${String(run.rows)}, ${run.storedKb.toFixed(0)}`,
			run.cpuSeconds.toFixed(1),
			run.peakMb.toFixed(0),
		]);
	return [
		`### ${name[0]?.toUpperCase() ?? ''}${name.slice(1)}`,
		EXPLAINED[name] ?? '',
		tableOf(
			['way', 'seconds', 'failed', 'made twice', 'requests', 'rows, KB', 'CPU s', 'memory MB'],
			rows,
		),
	];
}

const WAYS_EXPLAINED = `One execution makes all voices. All nodes have *On Error: Continue (using error output)*, except the one with *Retry On Fail*, which keeps n8n's default *Stop Workflow*.
The HTTP Request nodes send \`voice_name\` and \`voice_url\`, and the key from a *Header Auth* credential; all other settings are those of a new node. The Kling node has its defaults, too: *Max Concurrency* 5.
The first four ways end when the tasks are created. The other three end when the voices are finished, which takes 9 s for each.
With *Wait For: Callback*, Kling calls n8n three times for each voice. n8n starts an expression engine for each call, which takes most of its CPU time. For many short tasks in one execution, polling is therefore cheaper. A pause is for long tasks: it occupies no worker and survives a restart.`;

const COLUMNS_EXPLAINED = `*Seconds*: from the call of the webhook to the end of the execution, as n8n stored it. *Failed*: items that did not reach the last node. *Made twice*: tasks at the sandbox after the first of the same name; each costs money.
*Requests*: all requests to the sandbox. *Rows, KB*: executions in n8n's database, and the size of their data. *CPU s*: CPU time of the n8n process. Twice a second, the bench asked n8n whether the execution was over, which took about 10 ms each time.
*Memory MB*: the highest value during the run, above that before it, after a garbage collection. With *Wait 5 s*, a voice that takes 9 s cannot arrive before 10 s.`;
