import type { ClipBytes } from '../bytes';
import { ClipFault, fault } from '../clip';
import { elementsOf, ID, uintOf, type Element } from './ebml';
import { framesOf } from './lacing';
import { damaged, packetSamples, readHead, SAMPLES_PER_SECOND, type OpusParts } from './sound';

interface Track {
	number: number;
	isSound: boolean;
	codec: string;
	/** The header of the codec. */
	head: Uint8Array | undefined;
	encodings: Uint8Array | undefined;
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
		if (element.id === ID.trackEntry) {
			if (tracks.length >= MOST_TRACKS) throw damaged('it has too many tracks');
			tracks.push({ number: 0, isSound: false, codec: '', head: undefined, encodings: undefined });
		} else if (IN_TRACK.has(element.id)) {
			const track = tracks.at(-1);
			if (track) setField(track, element, await content(bytes, element, MOST_FIELD_BYTES));
		} else if (element.id === ID.simpleBlock || element.id === ID.block) {
			if (!sound) {
				sound = opusTrack(tracks);
				yield { head: readHead(sound.head ?? new Uint8Array()) };
			}
			if (!(await isOfTrack(bytes, element, sound.number))) continue;
			for (const packet of framesOf(await content(bytes, element, MOST_BLOCK_BYTES))) {
				const samples = packetSamples(packet);
				if (samples > 0) yield { packet, samples };
			}
		} else if (element.id === ID.discardPadding && sound) {
			const ns = signedOf(await content(bytes, element, 8));
			if (ns > 0) yield { cutSamples: Math.round((ns / NS_PER_SECOND) * SAMPLES_PER_SECOND) };
		}
	}
	// Without any sound the file may still say what it is.
	if (!sound) yield { head: readHead(opusTrack(tracks).head ?? new Uint8Array()) };
}

const IN_TRACK = new Set<number>([
	ID.trackNumber,
	ID.trackType,
	ID.codecId,
	ID.codecPrivate,
	ID.contentEncodings,
]);

function setField(track: Track, { id }: Element, value: Uint8Array): void {
	if (id === ID.trackNumber) track.number = uintOf(value);
	if (id === ID.trackType) track.isSound = uintOf(value) === SOUND;
	if (id === ID.codecId) track.codec = Buffer.from(value).toString('latin1').replace(/\0+$/, '');
	if (id === ID.codecPrivate) track.head = value.slice();
	if (id === ID.contentEncodings) track.encodings = value.slice();
}

/** @throws ClipFault when there is none that can be converted */
function opusTrack(tracks: Track[]): Track {
	const sounds = tracks.filter(({ isSound }) => isSound);
	const opus = sounds.find(({ codec }) => codec === 'A_OPUS');
	if (!opus) throw new ClipFault(withoutOpus(sounds[0]?.codec));
	if (!opus.encodings) return opus;
	const isProtected = Buffer.from(opus.encodings).includes(CONTENT_ENCRYPTION);
	throw new ClipFault(
		isProtected
			? fault('is protected, so that nobody can read its sound', 'Export it without protection.')
			: fault('has packed sound, which cannot be read here', 'Convert it to mp3 or wav.'),
	);
}

const CONTENT_ENCRYPTION = Buffer.from([0x50, 0x35]);

const withoutOpus = (codec: string | undefined) => {
	const name = /^A_[A-Z0-9]{2,12}/.exec(codec ?? '')?.[0].slice(2);
	return fault(
		`is a WebM or Matroska file ${name === undefined ? 'without sound' : `with ${name} sound`}; Kling takes mp3, wav, mp4 and mov`,
		'Convert it to mp3 or wav. Of WebM and Matroska, only Opus is converted here.',
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
