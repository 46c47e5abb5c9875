import { pathOf } from '../support/clips/clips.cjs';
import { canEncode, compare, encodings } from '../support/clips/encoders.cjs';

/** `npm run bench -- encoders` compares all of them. */
const EVERY = 29;

(canEncode() ? test : test.skip)(
	'files of real encoders have the type and the length that ffprobe finds',
	async () => {
		const files = encodings().filter((_, index) => index % EVERY === 0);
		expect(files.length).toBeGreaterThan(10);
		const differences = await compare(pathOf('wav-31.wav'), files);
		expect(differences.filter(({ fault }) => fault !== undefined)).toEqual([]);
	},
);
