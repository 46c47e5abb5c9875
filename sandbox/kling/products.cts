import { kinds } from './kinds/index.cjs';
import type { Product } from './kinds/kind.cjs';
import { text } from './kinds/rules.cjs';
import { mediaUrl } from './media/files.cjs';
import type { Media, Shelf } from './media/shelf.cjs';
import type { SandboxTask } from './task.cjs';

/** What is made where. */
export interface Workshop {
	shelf: Shelf;
	origin: string;
	/** How many faces there are in a video. */
	faces: number;
}

interface Making extends Workshop {
	task: SandboxTask;
	/** Of the first result. */
	id: string;
	seconds: number;
	make: (what: Media['what'], id: string) => void;
}

/** As Kling writes them: with up to three decimals. */
export const spellSeconds = (seconds: number) => String(Math.round(seconds * 1000) / 1000);

/** Odd, as the first one is. */
const idAt = (first: string, i: number) => String(BigInt(first) + 2n * BigInt(i));

/** How many pictures a body asks for. */
export const countOf = ({ n }: SandboxTask['body']) =>
	typeof n === 'number' && Number.isInteger(n) ? Math.min(9, Math.max(1, n)) : 1;

function makeVideo({ task, id, seconds, make }: Making): void {
	make('video', id);
	task.videos.push({ id, duration: spellSeconds(seconds) });
}

const producers: Record<Product, (making: Making) => void> = {
	voice: ({ task, id }) => {
		task.voices.push({ voice_id: id, voice_name: task.voice_name, deleted: false });
	},
	video: makeVideo,
	image: ({ task, id, make }) => {
		for (let i = 0; i < countOf(task.body); i++) make('image', idAt(id, i));
	},
	audio: ({ id, make }) => make('audio', id),
	sound: ({ id, make }) => make('sound', id),
	scoredVideo: (making) => {
		makeVideo(making);
		making.make('sound', idAt(making.id, 1));
	},
	element: ({ task, id }) => {
		const element_voice_id = text(task.body, 'element_voice_id');
		task.elements.push({
			element_id: id,
			element_name: text(task.body, 'element_name') ?? '',
			...(element_voice_id === undefined ? {} : { element_voice_id }),
		});
	},
	faces: ({ task, seconds, shelf, origin, faces }) => {
		const video = shelf.media(text(task.body, 'video_id') ?? '');
		task.session = shelf.open(video, seconds, faces, (face) => mediaUrl(origin, face));
	},
};

/** Makes what the task was for. */
export function produce(task: SandboxTask, id: string, seconds: number, workshop: Workshop): void {
	const { makes, hasSound } = kinds[task.kind];
	const make = (what: Media['what'], mediaId: string) => {
		const media: Media = {
			id: mediaId,
			what,
			kind: task.kind,
			seconds: what === 'image' ? 0 : seconds,
			hasSound: what !== 'image' && (hasSound?.(task.body) ?? what !== 'video'),
			model: text(task.body, 'model_name'),
			madeAt: task.created_at,
		};
		task.files.push(media);
		workshop.shelf.add(media);
	};
	producers[makes]({ ...workshop, task, id, seconds, make });
}
