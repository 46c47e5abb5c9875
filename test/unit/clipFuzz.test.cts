import { seeds } from '../support/clips/fuzz.cjs';
import { mutations, noise, ordeal, truncations } from '../support/clips/ordeal.cjs';

/** All of it runs in the bench. */
const SHARE = 40;
const MUTATIONS = 20_000;
const NOISE = 1000;
const files = seeds();

test('The fuzzing of clips starts from at least forty files', () => {
	expect(files.length).toBeGreaterThanOrEqual(40);
});

describe('The check of clips stays within its limits, throws nothing and answers in our words for', () => {
	test('a fortieth of all mutations', async () => {
		const { faults, files: tried } = await ordeal(mutations(files, MUTATIONS / SHARE, 0));
		expect(faults).toEqual([]);
		expect(tried).toBe(MUTATIONS / SHARE);
	});

	test.each(['wav', 'mp3', 'mp4', 'mov', 'other', 'made'])(
		'files cut off at a fortieth of all places: %s',
		async (kind) => {
			const ofKind = files.filter(({ name }) => name.startsWith(kind));
			const { faults, files: tried } = await ordeal(truncations(ofKind, SHARE));
			expect(faults).toEqual([]);
			expect(tried).toBeGreaterThan(50 * ofKind.length);
		},
	);

	test('a fortieth of all random files', async () => {
		const { faults } = await ordeal(noise(NOISE / SHARE, 1_000_000));
		expect(faults).toEqual([]);
	});
});
