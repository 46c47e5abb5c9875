import type { INodeCredentials } from 'n8n-workflow';
import type { WorkflowFile } from './engine/index.cjs';

const MANUAL_TRIGGER = 'n8n-nodes-base.manualTrigger';
const NOTE = 'n8n-nodes-base.stickyNote';

/**
 * A workflow file as n8n saves it for the first time. The file's ids belong to the n8n that it came from.
 * @param credentials ids by credential type; a node that wants another type goes without
 */
export function withCredentials(
	{ name, nodes, connections, settings, pinData }: WorkflowFile,
	credentials: Record<string, string>,
): WorkflowFile {
	return {
		name,
		nodes: nodes.map(({ credentials: wanted, ...node }) => ({
			...node,
			...(wanted ? { credentials: known(wanted, credentials) } : {}),
		})),
		connections,
		settings: settings ?? {},
		...(pinData ? { pinData } : {}),
	};
}

function known(wanted: INodeCredentials, ids: Record<string, string>): INodeCredentials {
	return Object.fromEntries(
		Object.entries(wanted).flatMap(([type, { name }]) => {
			const id = ids[type];
			return id === undefined ? [] : [[type, { id, name }]];
		}),
	);
}

/**
 * Where a run from the editor starts.
 * @throws when every node waits for another
 */
export function triggerOf({ name, nodes, connections }: WorkflowFile): string {
	const fed = new Set(
		Object.values(connections).flatMap((outputs) =>
			Object.values(outputs).flatMap((lists) =>
				lists.flatMap((targets) => (targets ?? []).map(({ node }) => node)),
			),
		),
	);
	const first =
		nodes.find(({ type }) => type === MANUAL_TRIGGER) ??
		nodes.find(({ name: node, type, disabled }) => !fed.has(node) && type !== NOTE && !disabled);
	if (!first) throw new Error(`The workflow “${name}” has nothing to start from`);
	return first.name;
}
