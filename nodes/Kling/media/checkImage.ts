import { failed, ok, refused, type Failure, type Reply } from '../api/reply';
import { BEGINNING_BYTES, fileTypeOf } from './fileType';
import { imageHead, type ImageHead } from './imageSize';
import type { OpenFile } from './openFile';

const MB = 1024 * 1024;
/** Kling's page on image to video, also for the sides and the ratio. */
export const MOST_IMAGE_BYTES = 10 * MB;
const LEAST_SIDE = 300;
const MOST_RATIO = 2.5;
/** The size comes after the camera's own data, which has a few hundred KB at most. */
const MOST_HEAD_BYTES = 2 * MB;

const OTHER_IMAGE = 'Convert it to jpg or png, or choose another image.';

/**
 * Refuses a picture that Kling refuses, by its first bytes; the rest is not read.
 * @param what how a message calls it, e.g. `The image "host.png"`
 * @throws what opening and reading the file throws
 */
export async function checkImage(file: OpenFile, what: string): Promise<Reply<ImageHead>> {
	const refuse = (why: string, advice: string): Failure =>
		failed(refused(`${what} ${why}`, advice));
	if ((file.sizeBytes ?? 0) > MOST_IMAGE_BYTES) {
		const size = ((file.sizeBytes ?? 0) / MB).toFixed(1);
		return refuse(`is ${size} MB; Kling takes images of up to 10 MB`, 'Use a smaller file.');
	}
	const { head, bytes } = await readHead(file);
	if (head === undefined)
		return refuse(`is ${kindOf(bytes)}; Kling takes jpg and png`, OTHER_IMAGE);
	if (head === 'more') {
		return refuse('is cut off or damaged: its width and height are missing', OTHER_IMAGE);
	}
	const { width, height } = head;
	const size = `is ${width} × ${height} pixels`;
	if (Math.min(width, height) < LEAST_SIDE) {
		return refuse(
			`${size}; Kling needs at least ${LEAST_SIDE} on each side`,
			'Choose a larger image.',
		);
	}
	if (Math.max(width, height) > MOST_RATIO * Math.min(width, height)) {
		return refuse(
			`${size}; Kling takes images up to 2.5 times as long as wide`,
			'Crop it to a ratio between 1:2.5 and 2.5:1.',
		);
	}
	return ok(head);
}

async function readHead(
	file: OpenFile,
): Promise<{ head: ReturnType<typeof imageHead>; bytes: Uint8Array }> {
	let bytes = Buffer.alloc(0);
	let head: ReturnType<typeof imageHead> = 'more';
	for await (const chunk of await file.open()) {
		bytes = Buffer.concat([bytes, chunk]);
		head = imageHead(bytes);
		const isKnown = head !== 'more' && (head !== undefined || bytes.length >= BEGINNING_BYTES);
		if (isKnown || bytes.length > MOST_HEAD_BYTES) break;
	}
	return { head, bytes };
}

function kindOf(bytes: Uint8Array): string {
	const { ending } = fileTypeOf(bytes) ?? {};
	if (ending === 'png' || ending === 'jpg') return 'a damaged image';
	return ending === undefined ? 'not a known type of image' : `a file of type ${ending}`;
}
