import { type RawResponse, htmlPage, isKlingCode, klingError, namedErrors } from './errors.cjs';
import type { Route } from './routes.cjs';
import type { EnvelopeName, FaultKind, FaultRule } from './options.cjs';
import type { SeededRandom } from './random.cjs';
import { type StrangeShape, strangeShapes } from './strange.cjs';

/** What to do to one request. `'cut'` destroys the socket. */
export interface FaultPlan {
	rule: FaultRule;
	/** Instead of handling the request. */
	before?: RawResponse | 'cut';
	/** Instead of the answer, once the request has been handled. */
	after?: RawResponse | 'cut';
	envelope?: EnvelopeName;
	taskFailsWith?: string;
	/** Answers with a task that was not asked for, if there is one. */
	withAnother?: boolean;
	/** Spoils the answer. */
	shape?: StrangeShape;
}

const codeOfStatus: Record<number, RawResponse> = {
	500: namedErrors.internalError,
	502: { status: 502, body: htmlPage(502) },
	503: namedErrors.unavailable,
	504: namedErrors.internalTimeout,
};

/** First of: `body`, `code` and `message`, `error`, the usual answer of that status. */
function faultAnswer(rule: FaultRule): RawResponse {
	const named = rule.error === undefined ? undefined : namedErrors[rule.error];
	const status = rule.status ?? named?.status ?? 500;
	if (rule.body !== undefined) return { status, body: rule.body };
	if (isKlingCode(rule.code)) {
		const known = klingError(rule.code, rule.message);
		return { status: rule.status ?? known.status, body: known.body };
	}
	if (rule.code !== undefined) {
		return {
			status,
			body: { code: rule.code, message: rule.message ?? String(rule.code), data: null },
		};
	}
	if (named) return { status, body: named.body };
	const usual = codeOfStatus[status]?.body ?? {
		error: { message: rule.message ?? `HTTP ${status}` },
	};
	return { status, body: usual };
}

const plans: Record<FaultKind, (rule: FaultRule, hits: number) => Omit<FaultPlan, 'rule'>> = {
	answerLost: () => ({ after: 'cut' }),
	resetBefore: () => ({ before: 'cut' }),
	errorBefore: (rule) => ({ before: faultAnswer(rule) }),
	errorAfter: (rule) => ({ after: faultAnswer(rule) }),
	htmlPage: ({ status = 502 }) => ({ before: { status, body: htmlPage(status) } }),
	slow: () => ({}),
	envelope: ({ envelope = 'official' }) => ({ envelope }),
	taskFails: ({ message }) => ({ taskFailsWith: message ?? 'The voice could not be extracted' }),
	anotherTask: () => ({ withAnother: true }),
	strange: ({ shape }, hits) => ({ shape: shape ?? strangeShapes[hits % strangeShapes.length] }),
	rateLimited: ({ message }) => ({ before: klingError(1302, message) }),
	tooManyInFlight: ({ message }) => ({ before: klingError(1303, message) }),
};

interface Entry {
	rule: FaultRule;
	seen: number;
	hits: number;
}

/** The rules in force. The first one that strikes decides; rules are asked in the order they came. */
export class FaultBook {
	private entries: Entry[] = [];

	constructor(private readonly random: SeededRandom) {}

	add(rule: FaultRule): void {
		this.entries.push({ rule, seen: 0, hits: 0 });
	}

	clear(): void {
		this.entries = [];
	}

	strike(
		{ name: route, kind }: Pick<Route, 'name' | 'kind'>,
		body: Record<string, unknown>,
	): FaultPlan | undefined {
		for (const entry of this.entries) {
			const { rule } = entry;
			if (rule.on !== 'any' && rule.on !== route) continue;
			const { voice_name = body.voice_name, kind: wanted = kind } = rule.match ?? {};
			if (voice_name !== body.voice_name || wanted !== kind) continue;
			entry.seen += 1;
			if (entry.seen <= (rule.skip ?? 0) || entry.hits >= (rule.times ?? Infinity)) continue;
			if (!this.random.chance(rule.probability ?? 1)) continue;
			entry.hits += 1;
			return { rule, ...plans[rule.kind](rule, entry.hits) };
		}
		return undefined;
	}
}
