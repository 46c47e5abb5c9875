import type { Figure, Measurement } from './figure.cjs';
import { besidePrototype } from './real/besidePrototype.cjs';
import { callbacksOfOne, VOICE_S, type Engine } from './real/callbacksOfOne.cjs';
import { LAZY_ENGINE } from './real/engines.cjs';
import { prototypeFolder } from './real/prototype/index.cjs';
import { setStage, type Say, type Stage } from './real/stage.cjs';
import { manyCreates } from './real/tenThousand.cjs';
import { figureTable, writeSection } from './section.cjs';

const ROUNDS = 3;
const ITEMS = 200;
const MANY = 10_000;
const PAUSED = 1_000;
const BLOCKS = 4;
const SANDBOX = {
	fetchClips: false,
	submittedMs: 1_000,
	processingMs: (VOICE_S - 1) * 1_000,
};

/** A real n8n near its limits; writes its section of `docs/bench.md`. */
export const realLimits: Measurement = async (say) => {
	const figures = [
		...(await on({}, async (stage) => await large(stage, say))),
		...(await on(LAZY_ENGINE, async (stage) => await oneRun(stage, 'lazy', say))),
		...(await besideBare(say)),
	];
	writeSection('realLimits', `## Near the limits\n\n${figureTable(figures)}`);
	return figures;
};

async function large(stage: Stage, say: Say): Promise<Figure[]> {
	const many = await manyCreates(stage, MANY, ROUNDS, say);
	return [...many, ...(await oneRun(stage, 'default', say))];
}

const oneRun = async (stage: Stage, engine: Engine, say: Say) =>
	await callbacksOfOne(stage, engine, ITEMS, ROUNDS, say);

async function besideBare(say: Say): Promise<Figure[]> {
	const folder = await prototypeFolder();
	try {
		return await on(folder.env, async (stage) => await besidePrototype(stage, PAUSED, BLOCKS, say));
	} finally {
		folder.remove();
	}
}

async function on(
	env: Record<string, string>,
	measure: (stage: Stage) => Promise<Figure[]>,
): Promise<Figure[]> {
	const stage = await setStage(SANDBOX, env);
	try {
		return await measure(stage);
	} finally {
		await stage.close();
	}
}
