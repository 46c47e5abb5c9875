import { kinds } from './kinds/index.cjs';
import type { Body, Kind, Order, Surroundings } from './kinds/kind.cjs';
import type { Verdict } from './media/judge.cjs';
import { countOf } from './products.cjs';
import type { SeededRandom } from './random.cjs';
import type { NewTask, SandboxTask } from './task.cjs';

/** What a living task still needs; gone once the task has ended. */
export interface Life {
	processingAt: number;
	endsAt: number;
	timer?: NodeJS.Timeout;
	/** Undefined until the files that it was made from are judged. */
	verdict: Verdict | undefined;
	judge?: () => Promise<Verdict>;
	failsWith?: string;
	/** Length of the result, unless a file decides it. */
	seconds: number;
	/** How many of the tasks that an account may have at once it stands for. */
	slots: number;
	/** Drawn with the task's own id: the order in which tasks end must not change a seed's ids. */
	resultId: string;
}

interface Beginning {
	random: SeededRandom;
	world: Surroundings;
}

/** Kling adds a frame or two to the five seconds that are its default. */
const USUAL_SECONDS = 5.1;

function lengthOf({ seconds }: Kind, order: Order): number {
	const asked = seconds?.(order) ?? USUAL_SECONDS;
	// Nobody has checked the body of a task that a test makes.
	return Number.isFinite(asked) ? asked : USUAL_SECONDS;
}

/** What a task remembers of its body: a file in Base64 would fill the memory. */
const LONGEST_TEXT = 10_000;

const withoutFiles = (body: Body): Body =>
	JSON.parse(
		JSON.stringify(body, (_key, value: unknown) =>
			typeof value === 'string' && value.length > LONGEST_TEXT
				? `${value.slice(0, 50)}… (${value.length} characters)`
				: value,
		),
	) as Body;

/** A task that has just been submitted; how long it takes is for its book to say. */
export function beginTask(
	wanted: NewTask,
	{ random, world }: Beginning,
	failsWith?: string,
): { task: SandboxTask; life: Life } {
	const now = Date.now();
	const { voice_url, video_id } = wanted;
	const body = wanted.body ?? { ...(voice_url === undefined ? {} : { voice_url }), video_id };
	const task: SandboxTask = {
		task_id: random.id(7),
		kind: 'customVoice',
		created_at: now,
		...wanted,
		body: withoutFiles(body),
		task_status: 'submitted',
		updated_at: wanted.created_at ?? now,
		voices: [],
		videos: [],
		elements: [],
		files: [],
		units: 0,
	};
	const kind = kinds[task.kind];
	const session = world.session(String(body.session_id));
	if (session) task.session = session;
	const life: Life = {
		processingAt: now,
		endsAt: now,
		resultId: random.id(8),
		verdict: undefined,
		seconds: lengthOf(kind, { body, world }),
		slots: kind.pack === 'image' ? countOf(task.body) : 1,
		...(failsWith === undefined ? {} : { failsWith }),
	};
	return { task, life };
}
