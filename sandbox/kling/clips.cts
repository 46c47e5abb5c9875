import axios, { isAxiosError } from 'axios';
import { BufferSource, Input, MP3, MP4, QTFF, WAVE } from 'mediabunny';

const LIMITS = { minSeconds: 5, maxSeconds: 30, maxBytes: 100 * 1024 * 1024, fetchMs: 15_000 };

/** Encoders pad the ends: a clip cut to 30 s may measure a few hundredths more. */
const PADDING_SECONDS = 0.1;

/** Loopback must not be sent through a proxy of the machine; anything else may need one. */
export function proxyFor(url: string): false | undefined {
	return /^https?:\/\/(127\.|localhost[:/]|\[::1\])/i.test(url) ? false : undefined;
}

/** Resolves to null when Kling would take the clip behind `url`, else to the reason in words. */
export async function judgeClip(url: string, signal: AbortSignal): Promise<string | null> {
	let bytes: Uint8Array;
	try {
		const { data } = await axios.get<Buffer>(url, {
			responseType: 'arraybuffer',
			timeout: LIMITS.fetchMs,
			maxContentLength: LIMITS.maxBytes,
			proxy: proxyFor(url),
			signal,
		});
		bytes = new Uint8Array(data);
	} catch (error) {
		const status = isAxiosError(error) ? error.response?.status : undefined;
		return status === undefined
			? 'Failed to download voice_url: the address cannot be reached'
			: `Failed to download voice_url: HTTP ${status}`;
	}
	return await judgeBytes(bytes);
}

export async function judgeBytes(bytes: Uint8Array): Promise<string | null> {
	const input = new Input({
		source: new BufferSource(bytes),
		formats: [MP3, WAVE, MP4, QTFF],
	});
	try {
		if (!(await input.canRead())) {
			return 'Unsupported file format: voice_url must be mp3, wav, mp4 or mov';
		}
		const track = await input.getPrimaryAudioTrack();
		if (!track) return 'No sound found in the file of voice_url';
		const seconds = await track.computeDuration();
		if (seconds < LIMITS.minSeconds) return tooLong(seconds, 'short');
		if (seconds > LIMITS.maxSeconds + PADDING_SECONDS) return tooLong(seconds, 'long');
		return null;
	} catch (error) {
		return `The file of voice_url is damaged: ${error instanceof Error ? error.message : String(error)}`;
	} finally {
		input.dispose();
	}
}

function tooLong(seconds: number, how: 'short' | 'long'): string {
	const { minSeconds, maxSeconds } = LIMITS;
	return `The voice is too ${how}: ${seconds.toFixed(1)} s, must be between ${minSeconds} and ${maxSeconds} s`;
}
