import { damaged, type Box, type Boxes } from './boxes';
import { defaultsIn, type SampleDefaults } from './fragments';
import { soundTrackIn, type SoundTrack } from './track';

/** The list of tracks, as far as it is about sound. */
export interface Movie {
	/** Units in a second of the edits. */
	timescale: number;
	sound?: SoundTrack;
	/** For what follows in fragments. */
	defaults: SampleDefaults;
}

const MOST_TRACKS = 1000;

export async function movieIn(boxes: Boxes, moov: Box): Promise<Movie> {
	let timescale = 0;
	let sound: SoundTrack | undefined;
	let hasTracks = false;
	let fragmented: Map<number, SampleDefaults> | undefined;
	for await (const part of boxes.in(moov)) {
		if (part.type === 'mvhd') timescale = await timescaleIn(boxes, part);
		if (part.type === 'mvex') fragmented = await defaultsIn(boxes, part, MOST_TRACKS);
		if (part.type !== 'trak') continue;
		const track = await soundTrackIn(boxes, part);
		hasTracks ||= track !== null;
		sound = betterOf(sound, track ?? undefined);
	}
	if (!hasTracks) throw damaged('its list of tracks is empty');
	const defaults = fragmented?.get(sound?.id ?? -1) ?? { duration: 0, size: 0 };
	return { timescale, sound, defaults };
}

/** Players choose the first track of sound that is on, or the first at all. */
function betterOf(
	first: SoundTrack | undefined,
	other: SoundTrack | undefined,
): SoundTrack | undefined {
	return !first?.isEnabled && (other?.isEnabled || !first) ? other : first;
}

async function timescaleIn(boxes: Boxes, mvhd: Box): Promise<number> {
	const head = await boxes.head(mvhd, 16, 24);
	const at = head[0] === 1 ? 20 : 12;
	return at + 4 <= head.length ? head.readUInt32BE(at) : 0;
}
