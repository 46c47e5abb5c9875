import { ENDPOINTS } from './endpointList';
import { TASK_KINDS, type CreatedKind } from './kinds';
import { ANY_RESULT } from './task';

/** What the other endpoints have in common; what they give is found whatever its key. */
const OTHER: Omit<CreatedKind, 'name' | 'path'> = {
	resultKey: ANY_RESULT,
	idKey: '',
	pageLimit: 500,
	fields: {
		result_id: 'id',
		result_url: 'url',
		element_id: 'element_id',
		mp3_url: 'url_mp3',
		duration: 'duration',
	},
	// An image takes 38 s, a video minutes.
	pausesMs: [15_000, 10_000, 10_000, 12_000, 15_000],
	timeoutS: 1800,
	file: {
		keys: ['url', 'url_mp3', 'mp3_url', 'url_wav', 'wav_url'],
		isEach: true,
		name: 'result',
		mime: /^(audio|image|video)\//,
		content: 'a picture, sound or video',
		mostBytes: 2 * 1024 * 1024 * 1024,
		fallback: { fileName: 'result.bin', mimeType: 'application/octet-stream' },
	},
};

/** Paths in which the model stands; Kling's page on its new standard. */
const NEW_STANDARD =
	/^\/(image-to-video|text-to-video|omni-video|motion-control|[a-z-]+)\/[\w.-]+$/;

/** The kind of task that a path makes, also of one that is not known here. */
export function kindOfPath(path: string): CreatedKind {
	const known = ENDPOINTS.find((endpoint) => endpoint.path === path);
	const name = known ? `result of ${known.name}` : 'result';
	if (known) return { ...OTHER, name, path, idsIn: known.idsIn };
	const isNew = !path.startsWith('/v1/') && NEW_STANDARD.test(path);
	return { ...OTHER, name, path, ...(isNew && { idsIn: 'options', isInTasks: true }) };
}

/** The name of a kind that workflows store: a word of ours, or for the other endpoints their path. */
export type TaskType = string;

const TYPES: ReadonlyMap<TaskType, CreatedKind> = new Map([
	...Object.entries(TASK_KINDS),
	...ENDPOINTS.filter(({ idsIn }) => idsIn !== 'none').map(
		({ path }) => [path, kindOfPath(path)] as const,
	),
]);

/** All kinds that have callbacks, in the order in which they are asked for a task whose kind is not known. */
export const TASK_TYPES: readonly TaskType[] = [...TYPES.keys()];

export const kindOfType = (type: TaskType): CreatedKind => TYPES.get(type) ?? kindOfPath(type);
