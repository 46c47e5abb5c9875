import { checkClip } from '../../../nodes/Kling/media/clip/checkClip';
import type { Clip } from '../../../nodes/Kling/media/clip/clip';
import { problemOf, valueOf } from '../answers.cjs';
import { fileOf } from './clips.cjs';

export async function found(bytes: Buffer): Promise<Pick<Clip, 'format' | 'seconds'>> {
	const known = valueOf(await checkClip(fileOf(bytes), { allowLonger: true }));
	const unknown = fileOf(bytes, { sizeBytes: undefined });
	expect(valueOf(await checkClip(unknown, { allowLonger: true }))).toEqual(known);
	return known;
}

export const secondsOf = async (bytes: Buffer): Promise<number> => (await found(bytes)).seconds;

export const refusal = async (bytes: Buffer): Promise<string> =>
	problemOf(await checkClip(fileOf(bytes))).what;
