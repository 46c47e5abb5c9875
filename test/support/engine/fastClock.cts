/**
 * For waits that take minutes: `Date.now` of a test file runs so many times as fast again as the clock of the suites, while
 * timers keep their pace.
 */
export function useFastClock(times = 10): void {
	let clock: jest.SpyInstance | undefined;
	beforeAll(() => {
		const real = Date.now.bind(Date);
		const began = real();
		clock = jest.spyOn(Date, 'now').mockImplementation(() => began + (real() - began) * times);
	});
	afterAll(() => clock?.mockRestore());
}
