import { median, type Figure } from '../figure.cjs';
import { namesInARow } from './contestants.cjs';
import { createWithKling, tellRecorder } from './nodes.cjs';
import { pauseMany, resumeAll, seconds } from './pausing.cjs';
import { pausePrototype } from './prototype/index.cjs';
import { deploy, type Deployed, type Say, type Stage } from './stage.cjs';

const HOUR_MS = 3_600_000;
const WARM_UP = 20;
const GOAL = 1.3;

type Side = 'kling' | 'bare';
interface Took {
	pause: number;
	resume: number;
	/** Executions that did not come to the next node. */
	lost: number;
}

/** Executions that pause and are resumed, in turns with a bare prototype. @param rounds blocks into which `count` is divided */
export async function besidePrototype(
	stage: Stage,
	count: number,
	rounds: number,
	say: Say,
): Promise<Figure[]> {
	const { ready, recorder } = stage;
	Object.assign(ready.sandbox.options, { submittedMs: 1_000, processingMs: HOUR_MS });
	const node = { kling: createWithKling('callback', { timeout: 3_600 }), bare: pausePrototype() };
	const done = tellRecorder(recorder.address, '$json.task_id');
	const deployed = {
		kling: await deploy(stage, namesInARow('crowd-kling', [node.kling], done)),
		bare: await deploy(stage, namesInARow('crowd-bare', [node.bare], done)),
	};
	const took: Record<Side, Took[]> = { kling: [], bare: [] };
	for (const side of ['bare', 'kling'] as const) await block(stage, deployed[side], WARM_UP);
	for (let round = 0; round < rounds; round += 1) {
		const sides: Side[] = round % 2 === 0 ? ['bare', 'kling'] : ['kling', 'bare'];
		for (const side of sides) {
			const one = await block(stage, deployed[side], count / rounds);
			took[side].push(one);
			say(`${side}: paused in ${one.pause.toFixed(1)} s, resumed in ${one.resume.toFixed(1)} s`);
		}
	}
	for (const { deactivate } of Object.values(deployed)) await deactivate();
	const lost = took.kling.reduce((sum, one) => sum + one.lost, 0);
	return [
		figureOf(`${String(count)} executions pause`, 'pause', took, 0),
		figureOf('the same, called back: all continue', 'resume', took, lost),
	];
}

async function block(stage: Stage, deployed: Deployed, count: number): Promise<Took> {
	const { ready, recorder } = stage;
	ready.sandbox.reset();
	// The same IDs come again.
	recorder.calledAt.clear();
	const pause = await seconds(async () => await pauseMany(stage, deployed, count));
	const resume = await seconds(async () => await resumeAll(stage));
	const lost = ready.sandbox.tasks.filter(({ task_id: id }) => !recorder.calledAt.has(id)).length;
	return { pause, resume, lost };
}

function figureOf(
	what: string,
	part: 'pause' | 'resume',
	{ kling, bare }: Record<Side, Took[]>,
	lost: number,
): Figure {
	const ratio = median(kling.map((one, round) => one[part] / (bare[round]?.[part] ?? NaN)));
	const total = (all: Took[]) => all.reduce((sum, one) => sum + one[part], 0).toFixed(0);
	return {
		what: `${what}, beside a bare prototype that checks nothing (median of ${String(kling.length)} rounds, in turns)`,
		goal: `≤ ${String(GOAL)} × its time${part === 'resume' ? ', none lost' : ''}`,
		measured: `${ratio.toFixed(2)} × (${total(kling)} s beside ${total(bare)} s)${part === 'resume' ? `, ${String(lost)} lost` : ''}`,
		met: ratio <= GOAL && lost === 0,
	};
}
