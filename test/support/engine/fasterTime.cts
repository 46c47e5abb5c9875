/**
 * The engine suites wait for what the node waits for: pauses between looks and attempts, of seconds each. Here the clock
 * of a test file runs faster than the wall's, for the node, n8n-core and the sandbox alike, as they share one process.
 * Sockets keep the wall's time.
 */
const SPEED = 3;

declare global {
	/** The tests of a `describe` run by the wall's clock. */
	var useWallTime: () => void;
}

// These two belong to all files of a worker, so they are replaced and not changed.
const wall = performance;
const signals = AbortSignal;

const began = Date.now();
const beganAt = wall.now();
let pace = { times: SPEED, since: beganAt, at: beganAt };

const now = () => pace.at + (wall.now() - pace.since) * pace.times;

/** For tests of what happens when the machine is busy. */
globalThis.useWallTime = () => {
	const walk = (times: number) => () => {
		pace = { times, since: wall.now(), at: now() };
	};
	beforeAll(walk(1));
	afterAll(walk(SPEED));
};

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
const timeout = (ms: number) => signals.timeout(Math.ceil(ms / pace.times));
globalThis.AbortSignal = new Proxy(signals, {
	get: (target, key): unknown => (key === 'timeout' ? timeout : Reflect.get(target, key)),
});

const faster = <F extends typeof setTimeout | typeof setInterval>(original: F): F =>
	new Proxy(original, {
		apply: (target, self, [work, ms, ...rest]: [unknown, number?, ...unknown[]]): unknown =>
			Reflect.apply(target, self, [work, (ms ?? 0) / pace.times, ...rest]),
	});
globalThis.setTimeout = faster(setTimeout);
globalThis.setInterval = faster(setInterval);

export {};
