/**
 * The engine suites wait for what the node waits for: pauses between looks and attempts, of seconds each. Here the clock
 * of a test file runs faster than the wall's, for the node, n8n-core and the sandbox alike, as they share one process.
 * Sockets keep the wall's time.
 */
const SPEED = 3;

const began = Date.now();
// These two belong to all files of a worker, so they are replaced and not changed.
const wall = performance;
const signals = AbortSignal;
const beganAt = wall.now();

const now = () => beganAt + (wall.now() - beganAt) * SPEED;

Date.now = () => Math.floor(began + now() - beganAt);
globalThis.Date = new Proxy(Date, {
	construct: (target, given: unknown[], newTarget: new () => unknown): object =>
		Reflect.construct(target, given.length === 0 ? [target.now()] : given, newTarget) as object,
});

/** An object with methods of ours before its own. */
const withMethods = <T extends object>(original: T, methods: Partial<T>): T =>
	new Proxy(methods as T, {
		get(own, key): unknown {
			if (Object.hasOwn(own, key)) return Reflect.get(own, key);
			const value: unknown = Reflect.get(original, key);
			return typeof value === 'function' ? (value.bind(original) as unknown) : value;
		},
	});
globalThis.performance = withMethods(wall, { now });
const timeout = (ms: number) => signals.timeout(Math.ceil(ms / SPEED));
globalThis.AbortSignal = new Proxy(signals, {
	get: (target, key): unknown => (key === 'timeout' ? timeout : Reflect.get(target, key)),
});

const faster = <F extends typeof setTimeout | typeof setInterval>(original: F): F =>
	new Proxy(original, {
		apply: (target, self, [work, ms, ...rest]: [unknown, number?, ...unknown[]]): unknown =>
			Reflect.apply(target, self, [work, (ms ?? 0) / SPEED, ...rest]),
	});
globalThis.setTimeout = faster(setTimeout);
globalThis.setInterval = faster(setInterval);
