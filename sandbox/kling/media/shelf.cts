import type { SeededRandom } from '../random.cjs';

const DAY_MS = 86_400_000;
/** How long Kling keeps what it made. */
export const KEPT_MS = 30 * DAY_MS;
/** Source: a reseller's page; Kling's own names no limit. */
const SESSION_MS = DAY_MS;

/** A file that Kling made. */
export interface Media {
	id: string;
	what: 'video' | 'audio' | 'sound' | 'image' | 'face';
	/** Kind of the task that made it. */
	kind: string;
	/** 0 for an image. */
	seconds: number;
	hasSound: boolean;
	/** As its task named it. */
	model: string | undefined;
	/** Unix milliseconds. */
	madeAt: number;
}

export interface Face {
	face_id: string;
	face_image: string;
	/** Milliseconds into the video. */
	start_time: number;
	end_time: number;
}

/** What `identify-face` found in one video. */
export interface Session {
	session_id: string;
	faces: Face[];
	/** Absent for a video that Kling did not make. */
	video: Media | undefined;
	seconds: number;
	foundAt: number;
}

/** Files and sessions of one sandbox, by their ids, for as long as Kling keeps them. */
export class Shelf {
	private readonly byId = new Map<string, Media>();
	private readonly sessions = new Map<string, Session>();

	constructor(private readonly random: SeededRandom) {}

	add(media: Media): void {
		this.byId.set(media.id, media);
	}

	media(id: string): Media | undefined {
		const media = this.byId.get(id);
		return media && Date.now() - media.madeAt < KEPT_MS ? media : undefined;
	}

	/** Faces stand side by side for the whole video. */
	open(video: Media | undefined, seconds: number, count: number, urlOf: UrlOf): Session {
		const foundAt = Date.now();
		const faces = Array.from({ length: count }, (_, i): Face => {
			const face: Media = {
				id: this.random.id(5),
				what: 'face',
				kind: 'identifyFace',
				seconds: 0,
				hasSound: false,
				model: undefined,
				madeAt: foundAt,
			};
			this.add(face);
			return {
				face_id: String(i),
				face_image: urlOf(face),
				start_time: 0,
				end_time: Math.round(seconds * 1000),
			};
		});
		const session = { session_id: this.random.id(4), faces, video, seconds, foundAt };
		this.sessions.set(session.session_id, session);
		return session;
	}

	session(id: string): Session | undefined {
		const session = this.sessions.get(id);
		return session && Date.now() - session.foundAt < SESSION_MS ? session : undefined;
	}
}

type UrlOf = (media: Media) => string;
