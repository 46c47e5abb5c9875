import type { ClipBytes } from '../bytes';
import { ClipFault, fault } from '../clip';
import { elementsOf, ID, uintOf, type Element } from './ebml';
import { framesOf } from './lacing';
import {
	damaged,
	packetSamples,
	plainHead,
	readHead,
	SAMPLES_PER_SECOND,
	TOO_MANY_PARTS,
	type OpusHead,
	type OpusPart,
	type OpusParts,
} from './sound';

interface Track {
	number: number;
	isSound: boolean;
	codec: string;
	/** The header of the codec. */
	head: Uint8Array | undefined;
	channels: number;
	delayNs: number;
	/** What was done to its sound after the codec. */
	encoding: 'packed' | 'protected' | undefined;
}

const SOUND = 2;
/** What stands in tracks is short, but for a codec's header. */
const MOST_FIELD_BYTES = 64 * 1024;
/** A second of sound at its highest bit rate, with room for what is around it. */
const MOST_BLOCK_BYTES = 1024 * 1024;
const MOST_TRACKS = 100;
const NS_PER_SECOND = 1e9;

/** The Opus sound of a WebM or Matroska file; the first such track where there are several. */
export async function* matroskaParts(bytes: ClipBytes): OpusParts {
	const tracks: Track[] = [];
	let sound: Track | undefined;
	for await (const element of elementsOf(bytes)) {
		if (element.id === ID.simpleBlock || element.id === ID.block) {
			if (!sound) {
				sound = opusTrack(tracks);
				yield { head: headOf(sound) };
			}
			yield* await partsOfBlock(bytes, element, sound);
		} else if (element.id === ID.discardPadding && sound) {
			const ns = signedOf(await content(bytes, element, 8));
			if (ns > 0) yield { cutSamples: samplesOf(ns) };
		} else {
			await readTrack(bytes, element, tracks);
		}
	}
	// Without any sound the file may still say what it is.
	if (!sound) yield { head: headOf(opusTrack(tracks)) };
}

/** @returns none for a block of another track */
async function partsOfBlock(bytes: ClipBytes, block: Element, sound: Track): Promise<OpusPart[]> {
	if (!(await isOfTrack(bytes, block, sound.number))) return [];
	const packets = framesOf(await content(bytes, block, MOST_BLOCK_BYTES));
	return packets.map((packet) => ({ packet, samples: packetSamples(packet) }));
}

/** Notes what an element says of the track in which it stands, if anything. */
async function readTrack(bytes: ClipBytes, element: Element, tracks: Track[]): Promise<void> {
	const { id } = element;
	if (id === ID.trackEntry) {
		if (tracks.length >= MOST_TRACKS) throw TOO_MANY_PARTS;
		tracks.push({ ...NEW_TRACK });
	}
	const track = tracks.at(-1);
	if (!track) return;
	// Without a type it is compression.
	if (id === ID.contentEncoding) track.encoding ??= 'packed';
	const note = FIELDS[id];
	if (note) note(track, await content(bytes, element, MOST_FIELD_BYTES));
}

const NEW_TRACK: Track = {
	number: 0,
	isSound: false,
	codec: '',
	head: undefined,
	channels: 1,
	delayNs: 0,
	encoding: undefined,
};

const samplesOf = (ns: number): number => Math.round((ns / NS_PER_SECOND) * SAMPLES_PER_SECOND);

/** Some recorders leave the header of the codec out; what it would say stands beside it. */
function headOf({ head, channels, delayNs }: Track): OpusHead {
	return head ? readHead(head) : plainHead(channels, samplesOf(delayNs));
}

const ENCRYPTION = 1;

/** What is read of a track, by the element that says it. */
const FIELDS: Partial<Record<number, (track: Track, value: Uint8Array) => void>> = {
	[ID.trackNumber]: (track, value) => (track.number = uintOf(value)),
	[ID.trackType]: (track, value) => (track.isSound = uintOf(value) === SOUND),
	[ID.codecId]: (track, value) => {
		track.codec = Buffer.from(value).toString('latin1').replace(/\0+$/, '');
	},
	[ID.codecPrivate]: (track, value) => (track.head = value.slice()),
	[ID.codecDelay]: (track, value) => (track.delayNs = uintOf(value)),
	[ID.channels]: (track, value) => (track.channels = uintOf(value)),
	[ID.contentEncodingType]: (track, value) => {
		track.encoding = uintOf(value) === ENCRYPTION ? 'protected' : 'packed';
	},
	[ID.contentEncryption]: (track) => (track.encoding = 'protected'),
};

/** @throws ClipFault when there is none that can be converted */
function opusTrack(tracks: Track[]): Track {
	const sounds = tracks.filter(({ isSound }) => isSound);
	const opus = sounds.find(({ codec }) => codec === 'A_OPUS');
	if (!opus) throw new ClipFault(withoutOpus(sounds[0]?.codec));
	if (!opus.encoding) return opus;
	throw new ClipFault(
		opus.encoding === 'protected'
			? fault('is protected, so its sound cannot be read', 'Export it without protection.')
			: fault('has zipped sound, which cannot be read here', 'Convert it to mp3 or wav.'),
	);
}

const withoutOpus = (codec: string | undefined) => {
	const name = /^A_[A-Z0-9]{2,12}/.exec(codec ?? '')?.[0].slice(2);
	return fault(
		`is a WebM or Matroska file ${name === undefined ? 'without sound' : `with ${name} sound`}; Kling takes mp3, wav, mp4 and mov`,
		'Convert it to mp3 or wav. The node converts WebM and Matroska only with Opus sound.',
	);
};

async function isOfTrack(
	bytes: ClipBytes,
	{ start, end }: Element,
	track: number,
): Promise<boolean> {
	const [first = 0, second = 0] = await bytes.read(start, Math.min(end, start + 2));
	// More than 126 tracks with sound are not looked for.
	const number = first >= 0x80 ? first & 0x7f : ((first & 0x3f) << 8) | second;
	return number === track;
}

async function content(
	bytes: ClipBytes,
	{ start, end }: Element,
	mostBytes: number,
): Promise<Uint8Array> {
	if (end - start > mostBytes) throw damaged('a part of it is too large');
	const value = await bytes.read(start, end);
	if (value.length < end - start) throw damaged('a part of it is missing');
	return value;
}

function signedOf(value: Uint8Array): number {
	const unsigned = uintOf(value);
	return ((value[0] ?? 0) & 0x80) === 0 ? unsigned : unsigned - 256 ** value.length;
}
