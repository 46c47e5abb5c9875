/**
 * Lets the clock of a test file run faster, for waits that take minutes: who looks at it sees time fly, while timers keep
 * their pace.
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
