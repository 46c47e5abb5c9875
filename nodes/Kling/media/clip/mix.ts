import { FLOAT, PCM, type WavSound } from './wav';

/** One channel of the same kind of samples as those that it is made of. */
export interface Mix {
	codec: number;
	sampleBytes: number;
	/** Writes the mean of every block. */
	write: (blocks: Buffer, into: Buffer, at: number) => void;
}

interface Samples {
	read: (bytes: Buffer, at: number) => number;
	write: (bytes: Buffer, value: number, at: number) => void;
}

/** By codec and bytes of a sample. Whole numbers are signed, but for those of one byte. */
const SAMPLES: Record<string, Samples> = {
	[`${PCM}/1`]: {
		read: (bytes, at) => bytes[at] ?? 0,
		write: (bytes, value, at) => (bytes[at] = Math.round(value)),
	},
	[`${PCM}/2`]: {
		read: (bytes, at) => bytes.readInt16LE(at),
		write: (bytes, value, at) => bytes.writeInt16LE(Math.round(value), at),
	},
	[`${PCM}/3`]: {
		read: (bytes, at) => bytes.readIntLE(at, 3),
		write: (bytes, value, at) => bytes.writeIntLE(Math.round(value), at, 3),
	},
	[`${PCM}/4`]: {
		read: (bytes, at) => bytes.readInt32LE(at),
		write: (bytes, value, at) => bytes.writeInt32LE(Math.round(value), at),
	},
	[`${FLOAT}/4`]: {
		read: (bytes, at) => bytes.readFloatLE(at),
		write: (bytes, value, at) => bytes.writeFloatLE(value, at),
	},
	[`${FLOAT}/8`]: {
		read: (bytes, at) => bytes.readDoubleLE(at),
		write: (bytes, value, at) => bytes.writeDoubleLE(value, at),
	},
};

/** @returns `undefined` for samples that cannot be added up */
export function mixOf({ codec, channels, blockBytes }: WavSound): Mix | undefined {
	const sampleBytes = blockBytes / channels;
	const samples = SAMPLES[`${codec}/${sampleBytes}`];
	if (!samples) return undefined;
	return {
		codec,
		sampleBytes,
		write: (blocks, into, start) => {
			for (let from = 0, at = start; from < blocks.length; from += blockBytes) {
				let sum = 0;
				for (let channel = 0; channel < channels; channel++) {
					sum += samples.read(blocks, from + channel * sampleBytes);
				}
				samples.write(into, sum / channels, at);
				at += sampleBytes;
			}
		},
	};
}
