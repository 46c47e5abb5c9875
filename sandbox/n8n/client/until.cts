/** How often `until` looks, in milliseconds. */
const LOOK_EVERY = 100;

/**
 * Looks until there is something.
 * @param what is waited for, in words, for the error
 * @param look tells by anything but undefined and false that it is there
 * @param within milliseconds, default one minute
 */
export async function until<T>(
	what: string,
	look: () => Promise<T | undefined | false> | T | undefined | false,
	within = 60_000,
): Promise<T> {
	const deadline = performance.now() + within;
	for (;;) {
		const found = await look();
		if (found !== undefined && found !== false) return found;
		if (performance.now() > deadline) {
			throw new Error(`Waited ${within / 1000} s for ${what}, which did not happen`);
		}
		await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY));
	}
}
