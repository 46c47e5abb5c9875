import type { KlingClient } from '../api/client';

/** Names of the creates of a run whose task can be told by its name only. */
const openNames = new WeakMap<KlingClient, Map<string, number>>();

/**
 * Two tasks of one name cannot be told apart, so none of them is.
 * @returns `isOnlyOne`: whether no other create of this name is in doubt; `release`: this one is found
 */
export function claimName(
	client: KlingClient,
	name: string,
): { isOnlyOne: () => boolean; release: () => void } {
	const open = openNames.get(client) ?? new Map<string, number>();
	openNames.set(client, open);
	open.set(name, (open.get(name) ?? 0) + 1);
	return {
		isOnlyOne: () => open.get(name) === 1,
		release: () => {
			open.set(name, (open.get(name) ?? 1) - 1);
		},
	};
}
