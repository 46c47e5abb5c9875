import type { IExecuteFunctions, INode } from 'n8n-workflow';

import type { Limits } from '../api/client';
import { isRecord } from '../api/envelope';
import { failed, ok, refused, type Reply } from '../api/reply';
import { parameter, type Item } from './item';

/** After that Kling clears what it made. */
const LONGEST_TIMEOUT_S = 30 * 24 * 3600;
const DEFAULT_CONCURRENCY = 5;
const DEFAULT_LIMIT = 50;

/**
 * An id as the user gave it. An expression may give anything: nothing at all, or a number that has already lost
 * digits and would name somebody else's task.
 * @param label the field's name in the panel
 */
export function readId(value: unknown, label: string): Reply<string> {
	if (typeof value === 'number' && !Number.isSafeInteger(value)) {
		return failed(
			refused(
				`${label} is the number ${value}, which has lost digits`,
				'Pass IDs as text, in quotation marks in JSON.',
			),
		);
	}
	const id = typeof value === 'string' || typeof value === 'number' ? String(value).trim() : '';
	if (id === '') {
		const what =
			isRecord(value) || Array.isArray(value) ? `${label} is not text` : `There is no ${label}`;
		return failed(refused(what, `Enter the ${label}, or check the expression.`));
	}
	const fault = idFault(id);
	return fault === undefined
		? ok(id)
		: failed(
				refused(
					`${label} ${fault}`,
					`Enter the ${label} as Kling gave it, not as part of an address.`,
				),
			);
}

const LONGEST_ID = 128;
/** What means something in an address, and what cannot stand in one at all. */
const NOT_IN_AN_ID = /[/\\%?#\p{Cc}]|\p{Cs}/u;

/** Why a text cannot be an id, which has to stand in a path; as the rest of a sentence. */
export function idFault(id: string): string | undefined {
	// As a path, one and two dots mean the list and its parent.
	if (id === '.' || id === '..') return `cannot be "${id}"`;
	if (id.length > LONGEST_ID) return `has more than ${String(LONGEST_ID)} characters`;
	return NOT_IN_AN_ID.test(id) ? 'has characters that no ID has, such as / or %' : undefined;
}

/**
 * A switch as an expression gives it, perhaps as text.
 * @param label the field's name in the panel
 */
export function readSwitch(value: unknown, label: string, fallback: boolean): Reply<boolean> {
	if (typeof value === 'boolean') return ok(value);
	if (value === undefined || value === null || value === '') return ok(fallback);
	const word = typeof value === 'string' ? value.trim().toLowerCase() : undefined;
	if (word === 'true' || word === 'false') return ok(word === 'true');
	return failed(
		refused(
			`${label} is neither true nor false`,
			`Turn ${label} on or off, or check the expression.`,
		),
	);
}

/** @returns `NaN` for what is no number: a list of one number is none */
function numberOf(value: unknown): number {
	const isNumber = typeof value === 'number' || (typeof value === 'string' && value.trim() !== '');
	return isNumber ? Number(value) : NaN;
}

/** What a person can read in a message, also of an object. */
const shown = (value: unknown): string =>
	isRecord(value) || Array.isArray(value) ? JSON.stringify(value) : String(value);

/** @returns milliseconds */
export function readTimeout(value: unknown, defaultS: number): Reply<number> {
	const seconds = numberOf(value ?? defaultS);
	if (seconds > 0 && seconds <= LONGEST_TIMEOUT_S) return ok(seconds * 1000);
	return failed(
		refused(
			seconds > LONGEST_TIMEOUT_S
				? `The timeout of ${shown(value)} s is longer than 30 days`
				: `The timeout "${shown(value)}" is not a number of seconds above 0`,
			'Enter Timeout as a number of seconds, e.g. 300.',
		),
	);
}

/** @returns how many results are wanted; `Infinity` for all */
export function readLimit(item: Item): Reply<number> {
	const all = readSwitch(parameter(item, 'returnAll', false), 'Return All', false);
	if (!all.ok) return all;
	if (all.value) return ok(Infinity);
	const given = parameter(item, 'limit', DEFAULT_LIMIT);
	const limit = numberOf(given);
	if (Number.isInteger(limit) && limit > 0) return ok(limit);
	return failed(
		refused(
			`The limit "${shown(given)}" is not a number of results`,
			'Enter Limit as a whole number, e.g. 50.',
		),
	);
}

/** The limits of the run, from the first item. What cannot be read there is refused item by item. */
export function readLimits(context: IExecuteFunctions, defaultTimeoutS: number): Limits {
	try {
		const concurrency = numberOf(
			context.getNodeParameter('options.maxConcurrency', 0, DEFAULT_CONCURRENCY),
		);
		const timeout = readTimeout(
			context.getNodeParameter('options.timeout', 0, defaultTimeoutS),
			defaultTimeoutS,
		);
		return {
			maxConcurrency: concurrency >= 1 ? Math.floor(concurrency) : DEFAULT_CONCURRENCY,
			patienceMs: timeout.ok ? timeout.value : undefined,
		};
	} catch {
		return {};
	}
}

/** The same after a pause, where no expression can be read any more. */
export function limitsOf({ parameters }: INode): Limits {
	const options: unknown = parameters.options;
	const concurrency = numberOf(isRecord(options) ? options.maxConcurrency : undefined);
	return { maxConcurrency: concurrency >= 1 ? Math.floor(concurrency) : DEFAULT_CONCURRENCY };
}
