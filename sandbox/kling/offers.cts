import type { TaskKind } from './kinds/index.cjs';
import { kinds } from './kinds/index.cjs';
import type { ApiRoute, ResolvedOptions } from './options.cjs';

/** Routes that a gateway is known to lack; of Kling's own, only the usage of a gateway's key. */
const missing: Record<ResolvedOptions['offers'], readonly ApiRoute[]> = {
	all: [],
	kkiai: ['list', 'presets', 'costs'],
	sibling: ['list', 'costs'],
};

function hasKind(kind: TaskKind, offers: ResolvedOptions['offers']): boolean {
	const { offeredBy = 'sibling' } = kinds[kind];
	if (offers === 'all' || offeredBy === 'kkiai') return true;
	return offers === offeredBy;
}

/** Whether who is played here has this route; what a test says about it counts first. */
export function isOffered(
	{ name, kind }: { name: ApiRoute; kind?: TaskKind },
	{ routes, offers, prefix }: ResolvedOptions,
): boolean {
	const said = routes[name] ?? true;
	if (!said || (kind && routes.kinds?.[kind] === false)) return false;
	if (routes[name] === undefined && missing[offers].includes(name)) return false;
	if (name === 'usage') return routes.usage ?? prefix !== '';
	return kind === undefined || routes.kinds?.[kind] === true || hasKind(kind, offers);
}
