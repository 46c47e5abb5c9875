import { tryOddForms } from '../support/oddForms.cjs';

test('no odd form of a callback throws, is believed, or resumes a pause without the API', async () => {
	const { faults, looks, slowestMs } = await tryOddForms(1_000);
	expect(faults).toEqual([]);
	expect(looks).toBeGreaterThan(500);
	expect(slowestMs).toBeLessThan(1_000);
});
