import { cpus } from 'node:os';

import type { Figure } from '../figure.cjs';
import { figureTable, tableOf } from '../section.cjs';
import { CONDITIONS, type Result } from './creates.cjs';

const EXPLAINED: Record<string, string> = {
	'no cap': 'The sandbox takes whatever comes, at once.',
	'5 in flight':
		'A create takes 500 ms, and one that comes while five others are under way is refused with 429 and code 1303, as by an account whose resource pack allows five. The ideal for 200 is 20 s.',
	'2 % faults':
		'Of the first 200 creates every fiftieth goes wrong: HTTP 503, a reset before the voice is made, a reset after it, HTTP 500 after it. Of the reads 2 % are answered with 503.',
};

/** The section of `docs/bench.md`. */
export function pageOf(
	{ items, rounds }: { items: number; rounds: number },
	figures: Figure[],
	results: Result[],
): string {
	return [
		'# Measured in a real n8n',
		`Written by \`npm run bench -- real\`, on ${String(cpus().length)} cores: n8n with SQLite and its default settings, the package as \`npm pack\` makes it, and the sandbox, all on one machine and over loopback. Every workflow was started by its production webhook.`,
		'## Goals',
		figureTable(figures),
		'![How long a finished voice waits for the next node](bench-ready.svg)',
		`## ${String(items)} voices beside what one draws without this package`,
		WAYS_EXPLAINED,
		`Each way was run ${String(rounds)} times, in turns. Shown is the run with the median of the seconds; *failed* and *made twice* are the worst of all.`,
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

const WAYS_EXPLAINED = `One execution makes all voices. All nodes have *On Error: Continue (using error output)*, but for the one with *Retry On Fail*, which keeps n8n's default *Stop Workflow*.
Body of the HTTP Request nodes: \`voice_name\` and \`voice_url\`; key: a *Header Auth* credential; everything else as a new node has it. The Kling node has its defaults, too: *Max Concurrency* 5.
The first four ways are done when the tasks are made, the other three when the voices are finished, which takes 9 s each.
With *Wait For: Callback* n8n is called three times for each voice and sets up an expression engine for each call; that is where its processor's seconds go. So many short tasks in one execution are cheaper to poll for. A pause is for long tasks: it holds no worker and survives a restart.`;

const COLUMNS_EXPLAINED = `*Seconds*: from the webhook's call to the end of the execution as n8n stored it. *Failed*: items that did not come to the last node. *Made twice*: tasks at the sandbox beyond the first of each name; each costs money.
*Requests*: all that the sandbox was sent. *Rows, KB*: executions in n8n's database and the size of their data. *CPU s*: of the n8n process, with about 10 ms for each time the bench asked whether the execution was over (twice a second).
*Memory MB*: the most above what n8n had before, after a garbage collection. A 9 s voice that is polled for by *Wait 5 s* comes at the earliest after 10 s.`;
