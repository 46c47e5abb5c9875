import type { Rule } from './kind.cjs';
import { text } from './rules.cjs';

/** A file that Kling made and still keeps, of a length in seconds that the path takes. */
export const kept =
	(what: 'video' | 'audio', least: number, most: number): Rule =>
	({ body, world }) => {
		const id = text(body, `${what}_id`);
		if (id === undefined) return undefined;
		const media = world.media(id);
		if (media?.what !== what) return `Not found by ${what}_id: ${id}`;
		// A frame more than was asked for is Kling's own doing.
		return media.seconds >= least && media.seconds < most + 1
			? undefined
			: `The ${what} is ${media.seconds.toFixed(1)} s long, must be between ${least} and ${most} s`;
	};
