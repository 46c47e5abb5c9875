import type { Failure, Reply } from '../../api/reply';
import { ClipBytes } from './bytes';
import { ClipFault, ofClip, type ClipFile } from './clip';

/**
 * Reads a clip and closes it, whatever comes of it. A problem names the clip.
 * @throws what `file.open` and its stream throw
 */
export async function reading<T>(
	file: ClipFile,
	work: (bytes: ClipBytes) => Promise<Reply<T>>,
): Promise<Reply<T>> {
	const bytes = new ClipBytes(file);
	try {
		const reply = await work(bytes).catch(failureIn);
		return reply.ok ? reply : ofClip(file, reply.problem);
	} finally {
		await bytes.close();
	}
}

function failureIn(error: unknown): Failure {
	if (error instanceof ClipFault) return error.failure;
	throw error;
}
