import { seeds } from '../support/clips/fuzz.cjs';
import { mutations, noise, ordeal, truncations } from '../support/clips/ordeal.cjs';

/** All of it runs in the bench. */
const SHARE = 10;
const MUTATIONS = 20_000;
const NOISE = 1000;
const files = seeds();

test('There are at least forty files to start from', () => {
	expect(files.length).toBeGreaterThanOrEqual(40);
});

describe('No limit is passed, nothing is thrown, and the words are ours, for', () => {
	test('a tenth of the mutations of all files', async () => {
		const { faults, files: tried } = await ordeal(mutations(files, MUTATIONS / SHARE, 0));
		expect(faults).toEqual([]);
		expect(tried).toBe(MUTATIONS / SHARE);
	});

	test.each(['wav', 'mp3', 'mp4', 'mov', 'other', 'made'])(
		'a tenth of the places where a file may end: %s',
		async (kind) => {
			const ofKind = files.filter(({ name }) => name.startsWith(kind));
			const { faults, files: tried } = await ordeal(truncations(ofKind, SHARE));
			expect(faults).toEqual([]);
			expect(tried).toBeGreaterThan(200 * ofKind.length);
		},
	);

	test('a tenth of the random files', async () => {
		const { faults } = await ordeal(noise(NOISE / SHARE, 1_000_000));
		expect(faults).toEqual([]);
	});
});
