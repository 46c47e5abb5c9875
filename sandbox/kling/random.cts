import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';

/** Separate streams, so that e.g. one more fault rule does not change the ids of a run. */
const streams = { tasks: 1, faults: 2, callbacks: 3, presets: 4, requests: 5, faces: 6 } as const;

const KNUTH = 0x9e3779b1;

export class SeededRandom {
	private readonly generator: RandomGenerator;

	constructor(seed: number, stream: keyof typeof streams) {
		this.generator = xoroshiro128plus(Math.imul(seed * 8 + streams[stream], KNUTH));
		// The first numbers of neighbouring seeds resemble each other.
		for (let i = 0; i < 16; i++) this.generator.next();
	}

	/** Draws only when there is something to decide, so certain rules leave the stream alone. */
	chance(probability: number): boolean {
		if (probability <= 0) return false;
		return probability >= 1 || uniformFloat64(this.generator) < probability;
	}

	below(limit: number): number {
		return uniformInt(this.generator, 0, limit - 1);
	}

	/**
	 * 18 digits like Kling's own, ending odd: at this size doubles are 128 apart, so an id that
	 * passed through a JavaScript number can never come out right by luck.
	 */
	id(firstDigit: number): string {
		const middle =
			String(this.below(1e8)).padStart(8, '0') + String(this.below(1e8)).padStart(8, '0');
		return `${firstDigit}${middle}${this.below(5) * 2 + 1}`;
	}

	uuid(): string {
		const hex = Array.from({ length: 4 }, () =>
			(this.generator.next() >>> 0).toString(16).padStart(8, '0'),
		).join('');
		return hex.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/, '$1-$2-4$3-a$4-$5');
	}

	shuffled<T>(list: readonly T[]): T[] {
		return list
			.map((value) => ({ value, rank: this.below(1e9) }))
			.sort((a, b) => a.rank - b.rank)
			.map(({ value }) => value);
	}
}
