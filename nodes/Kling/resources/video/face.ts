import type { ILoadOptionsFunctions, INodeListSearchResult, INodeProperties } from 'n8n-workflow';

import { KlingClient } from '../../api/client';
import { plainText } from '../../api/foreign';
import { failed, ok, refused, type Reply } from '../../api/reply';
import { locatorValue } from '../../operation/item';
import { pickerError } from '../../operation/pickers';
import { findFaces, type Face, type Faces } from '../../tasks/faces';

export const FIRST_FACE = 'first';

export const faceField: INodeProperties = {
	displayName: 'Face',
	name: 'face',
	type: 'resourceLocator',
	default: { mode: 'list', value: FIRST_FACE, cachedResultName: 'First Face' },
	required: true,
	description:
		'The face that speaks. Opening the list makes Kling search the video for faces, which costs 0.05 units.',
	modes: [
		{
			displayName: 'From List',
			name: 'list',
			type: 'list',
			placeholder: 'Select a face...',
			typeOptions: { searchListMethod: 'searchFaces' },
		},
		{ displayName: 'By ID', name: 'id', type: 'string', placeholder: 'e.g. 0' },
	],
};

/** @param chosen the ID of a face, or the word for the first one */
export function chooseFace(faces: Face[], chosen: unknown): Reply<Face> {
	const wanted = plainText(chosen).trim();
	const isFirst = wanted === '' || wanted === FIRST_FACE;
	const face = isFirst ? faces[0] : faces.find(({ id }) => id === wanted);
	if (face) return ok(face);
	const ids = faces.map(({ id }) => id).join(', ');
	return failed({
		...refused(
			'The video has no face with this ID',
			`Kling found faces with these IDs: ${ids}. Enter one of them in Face.`,
		),
		cause: 'invalid',
	});
}

const FIRST = { name: 'First Face', value: FIRST_FACE };
/** Each look costs, so the faces of a video are remembered for as long as its session lives. */
const KEPT_MS = 24 * 3_600_000;
const MOST_KEPT = 50;
const known = new Map<string, { faces: Faces; untilMs: number }>();

/** The faces of the video that the panel names, where it names one. */
export async function searchFaces(this: ILoadOptionsFunctions): Promise<INodeListSearchResult> {
	const source = this.getCurrentNodeParameter('videoSource') ?? 'kling';
	const name = source === 'kling' ? 'videoId' : source === 'url' ? 'videoUrl' : undefined;
	const given = name && locatorValue(this.getCurrentNodeParameter(name));
	const video = plainText(given).trim();
	// An expression has no value before the workflow runs.
	if (video === '' || video.startsWith('=')) return { results: [FIRST] };
	const opened = await KlingClient.open(this);
	if (!opened.ok) throw pickerError(this, opened.problem);
	const key = `${opened.value.host} ${video}`;
	const kept = known.get(key);
	if (kept && kept.untilMs > Date.now()) return { results: [FIRST, ...entriesOf(kept.faces)] };
	const body = source === 'kling' ? { video_id: video } : { video_url: video };
	const memory = { read: () => undefined, write: () => undefined };
	const found = await findFaces(opened.value, body, key, memory);
	if (!found.ok) throw pickerError(this, found.problem);
	if (known.size >= MOST_KEPT) known.clear();
	known.set(key, { faces: found.value, untilMs: Date.now() + KEPT_MS });
	return { results: [FIRST, ...entriesOf(found.value)] };
}

const seconds = (ms: number): string => (ms / 1000).toFixed(1);

const entriesOf = ({ faces }: Faces): { name: string; value: string }[] =>
	faces.map(({ id, startMs, endMs }) => ({
		name: `Face ${id} (${seconds(startMs)} to ${seconds(endMs)} s)`,
		value: id,
	}));
