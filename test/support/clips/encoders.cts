import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { checkClip } from '../../../nodes/Kling/media/clip/checkClip';
import type { ClipFormat } from '../../../nodes/Kling/media/clip/clip';
import { clipFile } from './clips.cjs';

/** One file that a real encoder makes. */
export interface Encoding {
	name: string;
	format: ClipFormat;
	/** How far its length may be from ffprobe's, in seconds. */
	tolerance: number;
	/** @param sound a wav to encode */
	make: (sound: string, out: string) => void;
}

const run = (program: string, ...args: string[]): string =>
	execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });

const has = (program: string, ...args: string[]): boolean => {
	try {
		run(program, ...args);
		return true;
	} catch {
		return false;
	}
};

const ffmpeg = (sound: string, out: string, ...args: string[]) =>
	run('ffmpeg', '-nostdin', '-v', 'error', '-y', '-i', sound, ...args, out);

const SECONDS = [5.3, 12, 18.4, 29.9];
const RATES = [8000, 11025, 16000, 22050, 44100, 48000];
const EXACT = 0.1;
/** Without a header the length of a varying bit rate is counted here and estimated by ffprobe. */
const WITHOUT_HEADER = 0.25;

type Row = [name: string, format: ClipFormat, ending: string, args: string[], tolerance?: number];

/** By ffmpeg, for each length. */
const ROWS: Row[] = [
	...RATES.flatMap((rate): Row[] => [
		...['pcm_u8', 'pcm_s16le', 'pcm_s24le', 'pcm_f32le'].map((codec): Row => [
			`${codec} ${String(rate)}`,
			'wav',
			'wav',
			['-ar', String(rate), '-c:a', codec],
		]),
		[`aac ${String(rate)}`, 'mp4', 'mp4', ['-ar', String(rate), '-c:a', 'aac']],
		[
			`cbr ${String(rate)}`,
			'mp3',
			'mp3',
			['-ar', String(rate), '-c:a', 'libmp3lame', '-b:a', '32k'],
		],
	]),
	...['1', '2', '6'].map((channels): Row => [
		`${channels} channels`,
		'wav',
		'wav',
		['-ac', channels, '-c:a', 'pcm_s16le'],
	]),
	...['0', '4', '9'].map((quality): Row => [
		`vbr ${quality}`,
		'mp3',
		'mp3',
		['-c:a', 'libmp3lame', '-q:a', quality],
	]),
	[
		'no header',
		'mp3',
		'mp3',
		['-c:a', 'libmp3lame', '-b:a', '64k', '-write_xing', '0'],
		WITHOUT_HEADER,
	],
	[
		'id3v2.3 and v1',
		'mp3',
		'mp3',
		['-c:a', 'libmp3lame', '-metadata', 'title=Keeper', '-id3v2_version', '3', '-write_id3v1', '1'],
	],
	['rf64', 'wav', 'wav', ['-c:a', 'pcm_s16le', '-rf64', 'always']],
	[
		'bext',
		'wav',
		'wav',
		['-c:a', 'pcm_s16le', '-write_bext', '1', '-metadata', 'description=Keeper'],
	],
	['faststart', 'mp4', 'mp4', ['-c:a', 'aac', '-movflags', '+faststart']],
	[
		'fragments',
		'mp4',
		'mp4',
		['-c:a', 'aac', '-movflags', '+frag_keyframe+empty_moov', '-frag_duration', '1000000'],
	],
	['m4a', 'mp4', 'm4a', ['-c:a', 'aac']],
	['3gp', 'mp4', '3gp', ['-ar', '8000', '-ac', '1', '-c:a', 'aac', '-b:a', '16k']],
	['aac', 'mov', 'mov', ['-c:a', 'aac']],
	['pcm', 'mov', 'mov', ['-c:a', 'pcm_s16le']],
	...['8k', '24k', '64k'].flatMap((rate): Row[] => [
		[`opus ${rate}`, 'ogg', 'ogg', ['-c:a', 'libopus', '-b:a', rate]],
		[`opus ${rate}`, 'webm', 'webm', ['-c:a', 'libopus', '-b:a', rate]],
		[`opus ${rate}`, 'mkv', 'mkv', ['-c:a', 'libopus', '-b:a', rate]],
	]),
	...['2.5', '10', '60'].map((ms): Row => [
		`opus in ${ms} ms`,
		'ogg',
		'ogg',
		['-c:a', 'libopus', '-frame_duration', ms],
	]),
	['opus in stereo', 'ogg', 'ogg', ['-ac', '2', '-c:a', 'libopus']],
	['opus of a browser', 'webm', 'webm', ['-c:a', 'libopus', '-live', '1']],
];

/** By the other encoders, where they are installed. */
const OTHERS: (Omit<Encoding, 'make'> & { ending: string; program: string; args: string[] })[] = [
	...['-V9', '-V4', '-b64', '--abr 48', '--preset voice'].map((mode) => ({
		name: `lame ${mode}`,
		format: 'mp3' as const,
		ending: 'mp3',
		tolerance: EXACT,
		program: 'lame',
		args: ['--quiet', ...mode.split(' '), 'IN', 'OUT'],
	})),
	{
		name: 'lame -t',
		format: 'mp3',
		ending: 'mp3',
		tolerance: WITHOUT_HEADER,
		program: 'lame',
		args: ['--quiet', '-t', '-V6', 'IN', 'OUT'],
	},
	...[
		['-b', '8'],
		['-b', '24'],
		['-r', '96000'],
		['-c', '2'],
		['-e', 'a-law'],
		['-e', 'floating-point'],
	].map((args) => ({
		name: `sox ${args.join(' ')}`,
		format: 'wav' as const,
		ending: 'wav',
		tolerance: EXACT,
		program: 'sox',
		args: ['IN', ...args, 'OUT'],
	})),
	...['6', '16', '64'].map((rate) => ({
		name: `opusenc ${rate}`,
		format: 'ogg' as const,
		ending: 'opus',
		tolerance: EXACT,
		program: 'opusenc',
		args: ['--quiet', '--bitrate', rate, 'IN', 'OUT'],
	})),
];

const PROBES: Record<string, string> = {
	lame: '--version',
	sox: '--version',
	opusenc: '--version',
};

/** Whether files can be made and measured at all. */
export const canEncode = (): boolean => has('ffmpeg', '-version') && has('ffprobe', '-version');

/** All files for all lengths; the ending of a name is that of its file. */
export function encodings(): (Encoding & { seconds: number })[] {
	const others = OTHERS.filter(({ program }) => has(program, PROBES[program] ?? '--version'));
	return SECONDS.flatMap((seconds) => [
		...ROWS.map(([name, format, ending, args, tolerance = EXACT]) => ({
			name: `${name}, ${String(seconds)} s.${ending}`,
			format,
			tolerance,
			seconds,
			make: (sound: string, out: string) => void ffmpeg(sound, out, ...args),
		})),
		...others.map(({ name, format, ending, tolerance, program, args }) => ({
			name: `${name}, ${String(seconds)} s.${ending}`,
			format,
			tolerance,
			seconds,
			make: (sound: string, out: string) => {
				run(program, ...args.map((arg) => (arg === 'IN' ? sound : arg === 'OUT' ? out : arg)));
			},
		})),
	]);
}

/** What ffprobe says; where that is nothing, or an estimate, the end of its last packet. */
function probed(file: string, isEstimate: boolean): number {
	const probe = (...args: string[]) =>
		run('ffprobe', '-v', 'error', ...args, '-of', 'csv=p=0', file);
	const said = Number(probe('-show_entries', 'format=duration'));
	if (!isEstimate && Number.isFinite(said)) return said;
	const packets = probe('-show_entries', 'packet=pts_time,duration_time').trim().split('\n');
	const [start = NaN, length = 0] = (packets.at(-1) ?? '').split(',').map(Number);
	return start + (Number.isFinite(length) ? length : 0);
}

/** What is wrong with how a file is read, beside what ffprobe says; and how far the lengths are apart. */
export interface Difference {
	name: string;
	seconds: number;
	fault?: string;
}

/** Makes each file, compares, and removes it. @param speech a recording of at least 30 s */
export async function compare(speech: string, files = encodings()): Promise<Difference[]> {
	const folder = mkdtempSync(join(tmpdir(), 'kling-encoders-'));
	const differences: Difference[] = [];
	try {
		for (const [index, { name, format, tolerance, seconds, make }] of files.entries()) {
			const sound = join(folder, 'sound.wav');
			ffmpeg(speech, sound, '-t', String(seconds), '-ac', '1', '-ar', '16000');
			const out = join(folder, `${String(index)}.${name.split('.').at(-1) ?? ''}`);
			make(sound, out);
			const clip = await checkClip(clipFile(out), { allowLonger: true, converts: true });
			const apart = clip.ok ? Math.abs(clip.value.seconds - probed(out, tolerance > EXACT)) : NaN;
			const isRight = clip.ok && clip.value.format === format && apart <= tolerance;
			const fault = clip.ok ? `${clip.value.format}, ${apart.toFixed(3)} s` : clip.problem.what;
			differences.push({ name, seconds: apart, ...(!isRight && { fault }) });
			rmSync(out);
		}
	} finally {
		rmSync(folder, { recursive: true });
	}
	return differences;
}
