export { scheduler, setImmediate, setInterval } from 'timers/promises';

/** `node:timers/promises` by the clock of the engine suites. */
export const setTimeout = async <T = void,>(
	ms?: number,
	value?: T,
	{ signal }: { signal?: AbortSignal; ref?: boolean } = {},
): Promise<T> =>
	await new Promise((resolve, reject) => {
		const stop = () => {
			clearTimeout(timer);
			reject(signal?.reason instanceof Error ? signal.reason : new Error('aborted'));
		};
		const timer = globalThis.setTimeout(() => {
			signal?.removeEventListener('abort', stop);
			resolve(value as T);
		}, ms);
		if (signal?.aborted) stop();
		else signal?.addEventListener('abort', stop, { once: true });
	});
