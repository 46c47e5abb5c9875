import type { Body, Rule } from './kind.cjs';

/** Kling's own examples send empty strings for what is not meant: they count as not sent. */
export function text(body: Body, key: string): string | undefined {
	const value = body[key];
	return typeof value === 'string' && value !== '' ? value : undefined;
}

export function isRecord(value: unknown): value is Body {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The records of a list; what is none is an empty record, which the rules then find wanting. */
export function rows(value: unknown): Body[] {
	return Array.isArray(value) ? value.map((row) => (isRecord(row) ? row : {})) : [];
}

const isGiven = (body: Body, key: string) =>
	body[key] !== undefined && body[key] !== null && body[key] !== '';

const isHttp = (url: string) => URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);

/** Raw, as Kling takes it: without `data:` in front. */
export const isBase64 = (value: string) =>
	value.length % 4 === 0 && value.length >= 16 && /^[\w+/]+={0,2}$/.test(value.slice(-4096));

export const isInvalid = (key: string, value: unknown) =>
	`${key} value '${typeof value === 'string' ? value : JSON.stringify(value)}' is invalid`;

export const strings =
	(...keys: string[]): Rule =>
	({ body }) => {
		const isWrong = keys.some((key) => isGiven(body, key) && typeof body[key] !== 'string');
		return isWrong ? `${keys.join(', ')} must be strings` : undefined;
	};

export const required =
	(...keys: string[]): Rule =>
	({ body }) => {
		const missing = keys.find((key) => !isGiven(body, key) || String(body[key]).trim() === '');
		return missing === undefined ? undefined : `${missing} is required`;
	};

/** Counts code points. */
export const longest =
	(key: string, most: number): Rule =>
	({ body }) =>
		[...(text(body, key) ?? '')].length > most
			? `${key} must be at most ${most} characters`
			: undefined;

export const oneOf =
	(key: string, ...values: string[]): Rule =>
	({ body }) =>
		isGiven(body, key) && !values.includes(String(body[key]))
			? isInvalid(key, body[key])
			: undefined;

export const between =
	(key: string, low: number, high: number): Rule =>
	({ body }) => {
		if (!isGiven(body, key)) return undefined;
		const value = body[key];
		return typeof value === 'number' && value >= low && value <= high
			? undefined
			: isInvalid(key, value);
	};

export const exactlyOne =
	(first: string, second: string): Rule =>
	({ body }) =>
		isGiven(body, first) === isGiven(body, second)
			? `exactly one of ${first} and ${second} is required`
			: undefined;

export const address =
	(key: string): Rule =>
	({ body }) =>
		isHttp(text(body, key) ?? 'http://none') ? undefined : `${key} is not a valid http(s) address`;

export const file =
	(key: string): Rule =>
	({ body }) => {
		const value = text(body, key);
		if (value === undefined || isHttp(value)) return undefined;
		return isBase64(value) ? undefined : `${key}: File is not in a valid base64 format`;
	};

/** A list of between `low` and `high` records, each of which keeps the rules. */
export const list =
	(key: string, low: number, high: number, ...rules: Rule[]): Rule =>
	({ body, world }) => {
		if (!isGiven(body, key)) return low > 0 ? `${key} is required` : undefined;
		const found = rows(body[key]);
		if (!Array.isArray(body[key]) || found.length < low || found.length > high) {
			return `${key} must be a list of ${low} to ${high} items`;
		}
		for (const row of found) {
			for (const rule of rules) {
				const wrong = rule({ body: row, world });
				if (wrong !== undefined) return typeof wrong === 'string' ? `${key}: ${wrong}` : wrong;
			}
		}
		return undefined;
	};

/** Rules of a record inside the body. */
export const inside =
	(key: string, ...rules: Rule[]): Rule =>
	({ body, world }) => {
		const value = body[key] ?? {};
		if (!isRecord(value)) return `${key} must be an object`;
		for (const rule of rules) {
			const wrong = rule({ body: value, world });
			if (wrong !== undefined) return wrong;
		}
		return undefined;
	};

const watermark: Rule = ({ body }) => {
	const { watermark_info } = body;
	if (watermark_info === undefined || watermark_info === null) return undefined;
	return isRecord(watermark_info) && typeof watermark_info.enabled === 'boolean'
		? undefined
		: isInvalid('watermark_info', watermark_info);
};

/** What every create may have. */
export const common: readonly Rule[] = [
	strings('callback_url', 'external_task_id', 'model_name', 'prompt', 'negative_prompt'),
	address('callback_url'),
	longest('prompt', 2500),
	longest('negative_prompt', 2500),
	watermark,
];
