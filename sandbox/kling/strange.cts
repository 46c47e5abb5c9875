type Json = Record<string, unknown>;

/** How a hostile or broken gateway spoils the right answer of Kling. */
const shapes = {
	dataAsText: (body) => ({ ...body, data: JSON.stringify(body.data) }),
	emptyError: (body) => ({ ...body, error: {} }),
	farTimes: (body) =>
		replaced(body, /_(at|time)$/, (value) => (typeof value === 'number' ? value * 1000 : value)),
	halfId: (body) => replaced(body, /^(task_id|id)$/, () => '\ud800'),
	hugeId: (body) => replaced(body, /^(task_id|id)$/, () => '1'.repeat(200_000)),
	dotId: (body) => replaced(body, /^(task_id|id)$/, () => '.'),
	hugeReason: (body) => ({ ...body, message: 'no '.repeat(60_000) }),
	nameIsObject: (body) => replaced(body, /^voice_name$/, () => ({ toString: 1, valueOf: 1 })),
	noIds: (body) => replaced(body, /^(task_id|id|external_task_id|external_id)$/, () => undefined),
	noResult: (body) => replaced(body, /^task_result$/, () => undefined),
	oddOutputs: (body) => ({
		...body,
		data: { outputs: [{ type: 'constructor' }], data: body.data },
	}),
	oddPrototype: (body) =>
		JSON.parse(
			JSON.stringify(body).replace('{', '{"__proto__":{"task_status":"succeed"},'),
		) as Json,
} satisfies Record<string, (body: Json) => Json>;

export type StrangeShape = keyof typeof shapes;
export const strangeShapes = Object.keys(shapes) as StrangeShape[];

export function strange(body: unknown, shape: StrangeShape): unknown {
	return typeof body === 'object' && body !== null ? shapes[shape](body as Json) : body;
}

/** The same body with other values under some keys, however deep; `undefined` leaves the key out. */
function replaced(body: Json, keys: RegExp, change: (value: unknown) => unknown): Json {
	const text = JSON.stringify(body, (key, value: unknown) =>
		keys.test(key) ? change(value) : value,
	);
	return JSON.parse(text) as Json;
}
