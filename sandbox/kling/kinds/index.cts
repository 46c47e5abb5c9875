import { identifyFace } from './faces.cjs';
import type { Kind } from './kind.cjs';
import { newStandard } from './newStandard.cjs';
import { others } from './others.cjs';
import { avatar, lipSync, speech } from './talking.cjs';
import { imageToVideo, textToVideo } from './videos.cjs';
import { customVoice } from './voice.cjs';

/** All that can be made, one row per kind. */
const table = {
	customVoice,
	imageToVideo,
	textToVideo,
	avatar,
	lipSync,
	speech,
	identifyFace,
	...others,
	...newStandard,
} satisfies Record<string, Kind>;

export type TaskKind = keyof typeof table;

export const kinds: Record<TaskKind, Kind> = table;
export const taskKinds = Object.keys(table) as TaskKind[];
