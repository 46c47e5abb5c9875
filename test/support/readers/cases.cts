import { SeededRandom } from '../../../sandbox/kling/random.cjs';
import { OFFICIAL } from '../answers.cjs';
import { recordedShapes } from '../recordedShapes.cjs';

/** One answer, callback or row as it comes, and whether anything in it is a success. */
export interface ReaderCase {
	httpStatus: number;
	text: string;
	isHopeless: boolean;
}

type Pick = <T>(list: readonly T[]) => T | undefined;

const TOKEN = `eyJ${'a'.repeat(30)}.eyJ${'b'.repeat(30)}.${'c'.repeat(20)}`;

/** What careless readers trip over. */
const ODD: unknown[] = [
	...[null, true, false, 0, -1, 1.5, 1e300, 2 ** 60, 9e15, '', ' ', '0', '-1', '9'.repeat(30)],
	...['\ud800', '.', '..', '/', 'a/../b', 'constructor', '__proto__', 'toString', 'length'],
	...['<img src=x onerror=alert(1)>', '<script>x', '{"code":1201', '[1', '{}', '[]', '"x"', TOKEN],
	...[{ toString: 1 }, { valueOf: 1, toString: 1 }, { length: 1e9 }, [], [[]], [null], {}],
	...[{ message: { message: { message: 'deep' } } }, [{ msg: 'x', loc: [{ toString: 1 }] }]],
	...[
		'processing',
		'FAILURE',
		'超时',
		'not found',
		'already exists',
		'2999-01-01',
		1781080778802000,
	],
];

/** Long ones are rare, as each costs as much as hundreds of others. */
const LONG: (() => unknown)[] = [
	() => 'no '.repeat(60_000),
	() => '-'.repeat(180_000),
	() => '<script '.repeat(20_000),
	() => 'eyJ'.repeat(40_000),
	() => 'https://'.repeat(20_000),
	() => '1'.repeat(300_000),
	() => '\\/'.repeat(60_000),
	() => Array<unknown>(1_000).fill({ task_id: '1', message: 'x' }),
	(): unknown => JSON.parse('{"data":'.repeat(2_000) + '0' + '}'.repeat(2_000)),
	(): unknown => JSON.parse('{"error":'.repeat(2_000) + '"x"' + '}'.repeat(2_000)),
	() => JSON.stringify({ data: JSON.stringify({ data: JSON.stringify({ code: 1201 }) }) }),
];
const LONG_SHARE = 0.01;

const KEYS = [
	...['code', 'data', 'error', 'errors', 'message', 'msg', 'detail', 'status', 'task_status', 'id'],
	...[
		'task_id',
		'task_info',
		'external_task_id',
		'task_result',
		'voices',
		'videos',
		'outputs',
		'type',
	],
	...[
		'voice_id',
		'voice_name',
		'created_at',
		'billing',
		'amount',
		'list',
		'total',
		'success',
		'url',
	],
	...['__proto__', 'constructor', 'toString', 'request_id', 'task_status_msg', 'fail_reason'],
];

/** With one of these an answer has a result, and that is a success. */
const RESULT_KEYS = ['voice_id', 'voices', 'videos', 'outputs', 'task_result'];

const SUCCESSES = [{ code: 0, message: 'SUCCEED', data: OFFICIAL }, OFFICIAL];
const HOPELESS = recordedShapes.filter(({ expected }) => {
	const { status } = (expected.task ?? {}) as { status?: string };
	return status !== undefined ? status !== 'succeed' : expected.refusal !== undefined;
});

/** The same cases for the same seed. */
export function* readerCases(count: number, seed: number): Generator<ReaderCase> {
	const random = new SeededRandom(seed, 'faults');
	const pick: Pick = (list) => list[random.below(Math.max(1, list.length))];
	for (let n = 0; n < count; n += 1) {
		const isHopeless = random.chance(0.5);
		const body: unknown = isHopeless
			? pick(HOPELESS)?.body
			: pick([...SUCCESSES, ...recordedShapes.map((shape) => shape.body)]);
		const spoilt = spoil(structuredClone(body), isHopeless, random, pick);
		yield {
			httpStatus: pick([200, 200, 200, 201, 400, 404, 429, 500, 502, 0]) ?? 200,
			text: cut(JSON.stringify(spoilt), random, pick),
			isHopeless,
		};
	}
}

function spoil(body: unknown, isHopeless: boolean, random: SeededRandom, pick: Pick): unknown {
	const keys = isHopeless ? KEYS.filter((key) => !RESULT_KEYS.includes(key)) : KEYS;
	let spoilt = body;
	for (let times = 1 + random.below(4); times > 0; times -= 1) {
		const value = random.chance(LONG_SHARE) ? pick(LONG)?.() : structuredClone(pick(ODD));
		const places = objectsIn(spoilt);
		const place = pick(places);
		if (place === undefined) return { data: value };
		const key = pick(random.chance(0.6) ? Object.keys(place) : keys) ?? 'data';
		// As JSON has it: an assignment would change the prototype.
		Object.defineProperty(place, key, {
			value,
			enumerable: true,
			configurable: true,
			writable: true,
		});
		if (random.chance(0.1)) spoilt = { code: pick([0, 200, 'success', true]), data: spoilt };
	}
	return spoilt;
}

function objectsIn(value: unknown, found: object[] = []): object[] {
	if (typeof value !== 'object' || value === null || found.length > 30) return found;
	if (!Array.isArray(value)) found.push(value);
	for (const part of Object.values(value).slice(0, 20)) objectsIn(part, found);
	return found;
}

function cut(text: string, random: SeededRandom, pick: Pick): string {
	const cuts: ((whole: string) => string)[] = [
		(whole) => whole.slice(0, random.below(whole.length + 1)),
		(whole) => `\ufeff${whole}`,
		(whole) => `<html>${whole}`,
		(whole) => whole.replaceAll('"', ''),
	];
	const spoilt = random.chance(0.05) ? pick(cuts)?.(text) : text;
	return spoilt ?? text;
}
