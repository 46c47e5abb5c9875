import * as vega from 'vega';
import { compile, type TopLevelSpec } from 'vega-lite';

import { CONDITIONS, type Result } from './creates.cjs';
import { WAYS, type Delays, type Way } from './readyToNext.cjs';

const GOOD = '#3b6fb6';
const BAD = '#c8553d';
const LOOK = {
	background: 'white',
	config: { font: 'sans-serif', view: { stroke: null }, axis: { grid: false } },
} as const;

/** The names of what is compared, one below the other, without lines. */
const NAMED_ROWS = {
	type: 'nominal',
	sort: null,
	title: null,
	axis: { labelLimit: 0, ticks: false, domain: false },
} as const;

/** Wall clock of every contestant under every condition, and what went wrong. */
export async function plotOfResults(results: Result[], items: number): Promise<string> {
	const values = results.map(({ condition, contestant, run }) => ({
		condition,
		contestant,
		seconds: run.wallSeconds,
		outcome: run.failed + run.duplicates === 0 ? allRight(items) : SOME_WRONG,
		label: labelOf(run),
	}));
	const longest = Math.max(...values.map(({ seconds }) => seconds));
	const title = 'seconds from the call to the end';
	return await svgOf({
		...LOOK,
		data: { values },
		facet: {
			row: {
				field: 'condition',
				sort: CONDITIONS.map(({ name }) => name),
				title: null,
				header: { labelFontWeight: 'bold' },
			},
		},
		spec: {
			width: 420,
			height: { step: 20 },
			encoding: {
				y: { field: 'contestant', ...NAMED_ROWS },
				x: { ...secondsAxis(title), scale: { domain: [0, longest * 1.4] } },
			},
			layer: [
				{ mark: { type: 'bar' }, encoding: { color: outcomeColors(items) } },
				{
					mark: { type: 'text', align: 'left', dx: 4 },
					encoding: { text: { field: 'label' } },
				},
			],
		},
	});
}

const secondsAxis = (title: string) => ({ field: 'seconds', type: 'quantitative', title }) as const;

const outcomeColors = (items: number) =>
	({
		field: 'outcome',
		type: 'nominal',
		title: null,
		scale: { domain: [allRight(items), SOME_WRONG], range: [GOOD, BAD] },
		legend: { orient: 'top', labelLimit: 0 },
	}) as const;

const labelOf = ({ wallSeconds, failed, duplicates }: Result['run']): string =>
	[
		`${wallSeconds.toFixed(1)} s`,
		failed > 0 && `${String(failed)} failed`,
		duplicates > 0 && `${String(duplicates)} twice`,
	]
		.filter(Boolean)
		.join(', ');

const allRight = (items: number) => `all ${String(items)} made, each once`;
const SOME_WRONG = 'some failed, or were made twice';

/** Every voice of the three ways as a stroke, and their medians. */
export async function plotOfDelays(delays: Delays): Promise<string> {
	const values = (Object.keys(WAYS) as Way[]).flatMap((way) =>
		delays[way].map((seconds) => ({ way: WAYS[way], seconds })),
	);
	return await svgOf({
		...LOOK,
		data: { values },
		width: 420,
		height: { step: 36 },
		encoding: {
			y: { field: 'way', ...NAMED_ROWS },
		},
		layer: [
			{
				mark: { type: 'tick', color: GOOD, opacity: 0.5, size: 22 },
				encoding: { x: secondsAxis('seconds from the finished voice to the next node') },
			},
			{
				mark: { type: 'tick', color: BAD, thickness: 3, size: 30 },
				encoding: { x: { aggregate: 'median', field: 'seconds', type: 'quantitative' } },
			},
		],
	});
}

async function svgOf(spec: TopLevelSpec): Promise<string> {
	const view = new vega.View(vega.parse(compile(spec).spec), { renderer: 'none' });
	const svg = await view.toSVG();
	view.finalize();
	return `${svg}\n`;
}
