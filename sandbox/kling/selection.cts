import { klingError } from './errors.cjs';
import { exactlyOne, required } from './kinds/rules.cjs';
import type { Rule } from './kinds/kind.cjs';
import type { ApiCall, Route, RouteOutcome } from './routes.cjs';
import type { World } from './world.cjs';

/** Regions of videos that are to be edited; a session lives as long as its world. */
const sessions = new WeakMap<World, Set<string>>();

const sessionsOf = (world: World): Set<string> => {
	const known = sessions.get(world) ?? new Set<string>();
	sessions.set(world, known);
	return known;
};

type Answer = (body: Record<string, unknown>, world: World) => Record<string, unknown>;

function begin(_body: Record<string, unknown>, world: World): Record<string, unknown> {
	const session_id = world.requestIds.id(18);
	sessionsOf(world).add(session_id);
	return {
		session_id,
		fps: 30,
		original_duration: 5_000,
		width: 720,
		height: 1_280,
		total_frame: 150,
	};
}

const isShare = (value: unknown) => typeof value === 'number' && value >= 0 && value <= 1;

const points: Rule = ({ body }) => {
	const given: unknown[] = Array.isArray(body.points) ? body.points : [];
	const areRight = given.every((point) => {
		const { x, y } = (point ?? {}) as { x?: unknown; y?: unknown };
		return isShare(x) && isShare(y);
	});
	return given.length > 0 && given.length <= 10 && areRight
		? undefined
		: 'points must be 1 to 10 places, x and y from 0 to 1';
};

const known: Rule[] = [required('session_id')];

/** The endpoints that answer at once and make no task; Kling's page on the editing of several elements. */
const CALLS: [name: string, rules: Rule[], answer: Answer][] = [
	['init', [exactlyOne('video_id', 'video_url')], begin],
	[
		'add',
		[...known, required('frame_index'), points],
		({ frame_index }) => ({ res: { frame_index, rle_mask_list: [] } }),
	],
	['clear', known, () => ({})],
	['preview', known, () => ({ res: { tracking_output: {} } })],
];

const handle =
	(rules: Rule[], answer: Answer) =>
	({ body }: ApiCall, world: World): RouteOutcome => {
		for (const rule of rules) {
			const wrong = rule({ body, world });
			if (wrong !== undefined) return typeof wrong === 'string' ? klingError(1201, wrong) : wrong;
		}
		const { session_id } = body;
		const isKnown = typeof session_id === 'string' && sessionsOf(world).has(session_id);
		if (session_id !== undefined && !isKnown) {
			return klingError(1201, 'session_id not found');
		}
		return { data: { status: 0, session_id, ...answer(body, world) } };
	};

export const selectionRoutes: Route[] = CALLS.map(([name, rules, answer]) => ({
	name: 'create',
	method: 'post',
	path: `/v1/videos/multi-elements/${name}-selection`,
	isWrite: true,
	handle: handle(rules, answer),
}));
