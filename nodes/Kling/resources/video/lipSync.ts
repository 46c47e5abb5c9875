import type { IDataObject, IExecuteFunctions, IWebhookFunctions } from 'n8n-workflow';

import { failed, ok, type Reply } from '../../api/reply';
import type { CreateSpec, Files, Prepared } from '../../operation/createOrder';
import { createTasks } from '../../operation/createTask';
import { derivedTaskId } from '../../operation/externalTaskId';
import { readFileInputs } from '../../operation/givenFiles';
import { optionsOf, parameter, locatorValue, type Item } from '../../operation/item';
import { resumeTasks } from '../../operation/resume';
import { inWordsOfUnnamed } from '../../operation/unnamed';
import { findFaces, type Face } from '../../tasks/faces';
import { LIP_SYNC } from '../../tasks/kinds';
import { memoryOf } from '../../tasks/memory';
import { audioFields, audioInput, readSpeech } from './audio';
import { chooseFace, faceField, FIRST_FACE } from './face';
import { videoFields } from './fields';
import { watermarkOf } from './scene';
import { watermarkOption } from './sceneOptions';
import { readSourceVideo, sourceVideoFields, videoInput } from './sourceVideo';
import {
	audioDurationField,
	NO_LENGTH,
	readTimes,
	speechMs,
	timeOptions,
	timesOf,
	type Lengths,
} from './times';
import { DOWNLOAD_VIDEO, videoWords } from './words';

/** Kling's page on lip-sync. */
const LENGTHS = { leastSeconds: 2, mostSeconds: 60 };

const spec: CreateSpec = {
	kind: LIP_SYNC,
	words: videoWords('Use a video that shows the face from the front, and clear speech.'),
	download: DOWNLOAD_VIDEO,
	readBody: (item) => ok(watermarkOf(optionsOf(item))),
	pasted: [],
	checks: [],
	readFiles,
};

/** Sound and video, and then the face: Kling charges for looking, so all that is free comes first. */
async function readFiles(item: Item, _body: IDataObject, lifeS?: number): Promise<Reply<Files>> {
	const video = readSourceVideo(item);
	if (!video.ok) return video;
	const speech = readSpeech(item);
	if (!speech.ok) return speech;
	const times = readTimes(item);
	if (!times.ok) return times;
	const lengths: Lengths = { soundMs: speechMs(item) };
	if ('audio_id' in speech.value && (lengths.soundMs ?? times.value.endMs) === undefined) {
		return failed(NO_LENGTH);
	}
	const audio = audioInput(LENGTHS, (seconds) => (lengths.soundMs = Math.floor(seconds * 1000)));
	const film = videoInput((seconds) => (lengths.videoMs = Math.floor(seconds * 1000) || undefined));
	const files = await readFileInputs([audio, film], item, {}, lifeS);
	if (!files.ok) return files;
	const prepare = async (): Promise<Reply<Prepared>> => {
		const ready = await files.value.prepare();
		if (!ready.ok) return ready;
		const { fields, hint } = ready.value;
		const { video_url: address, ...file } = fields;
		const found = await look(item, address === undefined ? video.value : { video_url: address });
		if (!found.ok) return found;
		const { sessionId, face } = found.value;
		const placed = timesOf(times.value, face, lengths);
		if (!placed.ok) return placed;
		const choice = { face_id: face.id, ...speech.value, ...file, ...placed.value };
		return ok({ fields: { session_id: sessionId, face_choose: [choice] }, hint });
	};
	return ok({ fields: {}, areHeld: files.value.areHeld, prepare });
}

async function look(
	item: Item,
	video: IDataObject,
): Promise<Reply<{ sessionId: string; face: Face }>> {
	const key = `${derivedTaskId(item)}:faces`;
	const found = await findFaces(item.client, video, key, memoryOf(item.context));
	if (!found.ok) return failed(inWordsOfUnnamed(found.problem));
	const { sessionId, faces } = found.value;
	const face = chooseFace(faces, locatorValue(parameter(item, 'face', FIRST_FACE)));
	return face.ok ? ok({ sessionId, face: face.value }) : face;
}

export const option = {
	name: 'Lip Sync',
	value: 'lipSync',
	action: 'Create lip-sync video',
	description: 'Make a face in a video speak something else',
};

export const fields = videoFields(
	LIP_SYNC,
	[...sourceVideoFields, ...audioFields('2 to 60 seconds'), audioDurationField, faceField],
	[...timeOptions, watermarkOption],
);

export const execute = async (context: IExecuteFunctions) => await createTasks(context, spec);

export const resume = async (context: IWebhookFunctions) => await resumeTasks(context, spec);
