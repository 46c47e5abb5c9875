import { namedErrors, type NamedError } from './errors.cjs';
import {
	type EnvelopeName,
	type FaultRule,
	envelopeNames,
	faultKinds,
	faultRoutes,
} from './options.cjs';

function oneOf<T extends string>(known: readonly T[], value: string | undefined, what: string): T {
	const found = known.find((name) => name === value);
	if (found === undefined) {
		throw new Error(`unknown ${what} "${value ?? ''}", one of: ${known.join(', ')}`);
	}
	return found;
}

/** What the last part of a fault's text sets: a status, milliseconds, an envelope or a named error. */
function detailOf(kind: FaultRule['kind'], text: string | undefined): Partial<FaultRule> {
	if (text === undefined || text === '') return {};
	if (kind === 'envelope') {
		return { envelope: oneOf<EnvelopeName>(envelopeNames, text, 'envelope') };
	}
	if (kind === 'slow') return { delayMs: Number(text) };
	if (kind === 'taskFails') return { message: text };
	if (/^\d{3}$/.test(text)) return { status: Number(text) };
	if (/^\d{4}$/.test(text)) return { code: Number(text) };
	return { error: oneOf(Object.keys(namedErrors) as NamedError[], text, 'error') };
}

/**
 * Reads `on:kind[:probability[:detail]]`, e.g. `create:answerLost:0.05`, `get:errorBefore:1:503`,
 * `create:errorBefore::balanceUsedUp`, `create:envelope::echo`, `get:slow:0.1:2000`.
 * Throws with the known words when one is unknown.
 */
export function parseFault(text: string): FaultRule {
	const [onText, kindText, probabilityText = '', ...rest] = text.split(':');
	const on = oneOf(faultRoutes, onText, 'route');
	const kind = oneOf(faultKinds, kindText, 'kind of fault');
	const probability = probabilityText === '' ? 1 : Number(probabilityText);
	if (!(probability >= 0 && probability <= 1)) {
		throw new Error(`a probability runs from 0 to 1, not "${probabilityText}"`);
	}
	return { on, kind, probability, ...detailOf(kind, rest.length ? rest.join(':') : undefined) };
}
