import { ok, type Reply } from '../../../api/reply';
import type { ClipBytes } from '../bytes';
import { ClipFault, FETCH_AGAIN, fault, type Length } from '../clip';
import { Boxes, damaged, type Box } from './boxes';
import { editedSeconds } from './edits';
import { addFragment, type FragmentedSound } from './fragments';
import { movieIn, type Movie } from './movie';
import type { SoundTrack } from './track';

/** The outermost boxes of a file; anything else behind the list of tracks is not of this format. */
const OUTERMOST = new Set(
	'ftyp styp moov moof mdat free skip wide pnot uuid meta sidx ssix mfra pdin emsg prft udta'.split(
		' ',
	),
);

/** How many frames an encoder may add around the sound when no edit removes them. */
const PADDING_FRAMES = 4;

const NO_SOUND = fault(
	'has no sound track',
	'Choose a file in which somebody speaks. If this is one, convert it to mp3 or wav.',
);

interface Contents {
	movie: Movie;
	fragments: FragmentedSound;
	/** Of the boxes that hold no samples. */
	otherBytes: number;
}

export async function mp4Seconds(bytes: ClipBytes): Promise<Reply<Length>> {
	const { movie, fragments, otherBytes } = await contentsOf(bytes);
	const { sound } = movie;
	const units = (sound?.units ?? 0) + fragments.units;
	if (!sound || units === 0) return NO_SOUND;
	const size = await bytes.measuredSize();
	checkPlaces(sound, fragments, size, size - otherBytes);
	const seconds = editedSeconds(sound, units, movie.timescale);
	if (seconds === 0) return NO_SOUND;
	const frame = (sound.sampleUnits || movie.defaults.duration) / sound.timescale;
	const paddingSeconds = sound.edits.length === 0 ? PADDING_FRAMES * frame : 0;
	return ok({ seconds, paddingSeconds });
}

/** Walks over the outermost boxes. */
async function contentsOf(bytes: ClipBytes): Promise<Contents> {
	const boxes = new Boxes(bytes);
	let movie: Movie | undefined;
	let otherBytes = 0;
	const fragments: FragmentedSound = {
		trackId: -1,
		defaults: { duration: 0, size: 0 },
		units: 0,
		samples: 0,
		bytes: 0,
		end: 0,
	};
	for await (const { box, start } of outermost(bytes, boxes, () => movie !== undefined)) {
		if (box.type === 'moov' && !movie) {
			movie = await movieIn(boxes, box);
			fragments.trackId = movie.sound?.id ?? -1;
			fragments.defaults = movie.defaults;
		}
		if (box.type === 'moof') await addFragment(boxes, box, start, fragments);
		if (box.type === 'moov' || box.type === 'moof') otherBytes += box.end - start;
	}
	if (!movie) {
		throw new ClipFault(
			fault('is cut off or damaged: it has no list of tracks (moov)', FETCH_AGAIN),
		);
	}
	return { movie, fragments, otherBytes };
}

async function* outermost(
	bytes: ClipBytes,
	boxes: Boxes,
	isComplete: () => boolean,
): AsyncGenerator<{ box: Box; start: number }, void, undefined> {
	let at = 0;
	while (at + 8 <= (bytes.knownSize ?? Infinity)) {
		const box = await boxes.at(at, bytes.knownSize ?? Infinity);
		// Some programs leave something of their own behind the last box.
		if (!box || (!OUTERMOST.has(box.type) && isComplete())) break;
		const isLast = box.end === Infinity;
		if (isLast) box.end = await bytes.measuredSize();
		const missing = box.end - (bytes.knownSize ?? Infinity);
		if (missing > 0) throw cutOff(missing);
		yield { box, start: at };
		at = box.end;
	}
	const missing = at - (bytes.knownSize ?? at);
	if (missing > 0) throw cutOff(missing);
}

function cutOff(missing: number): ClipFault {
	const size = Math.ceil(missing / 1024);
	return new ClipFault(fault(`is cut off: it ends at least ${size} KB too early`, FETCH_AGAIN));
}

/** The list of tracks may describe sound that is not in the file. */
function checkPlaces(
	{ places, samples }: SoundTrack,
	fragments: FragmentedSound,
	size: number,
	room: number,
): void {
	if (fragments.samples > size) throw damaged('it announces more sound than there is room for');
	const end = Math.max(places?.end ?? 0, fragments.end);
	const bytes = (places?.bytes ?? 0) + fragments.bytes;
	if (end > size || bytes > room) {
		const missing = Math.ceil(Math.max(end - size, bytes - room) / 1024);
		throw new ClipFault(
			fault(`is cut off: at least ${missing} KB of its sound is missing`, FETCH_AGAIN),
		);
	}
	if (places && places.samples < samples * MOST_LOCATED) {
		throw damaged('it does not say where its sound is');
	}
}

/** A few samples without a place are left out by players. */
const MOST_LOCATED = 0.99;
