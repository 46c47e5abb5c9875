import { ordealOfReaders } from '../support/readers/ordeal.cjs';

/** A tenth of what the bench tries. */
const CASES = 10_000;

jest.setTimeout(240_000);

test('no corrupted answer, callback, row or error makes a reader throw, hang, say too much or report a success', () => {
	const { cases, faults } = ordealOfReaders(CASES, 1);
	expect(faults.slice(0, 5)).toEqual([]);
	expect(cases).toBe(CASES);
});
