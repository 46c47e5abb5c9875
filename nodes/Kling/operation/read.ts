import type { IExecuteFunctions } from 'n8n-workflow';

import type { Limits } from '../api/client';
import { failed, ok, refused, type Reply } from '../api/reply';
import { idText } from '../tasks/task';
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
				`${label} came as the number ${value}, which has lost digits on the way`,
				'Pass IDs as text: quote them in JSON.',
			),
		);
	}
	const id = idText(value)?.trim() ?? '';
	// As a path, one and two dots mean the list and its parent.
	if (id !== '' && id !== '.' && id !== '..') return ok(id);
	return failed(refused(`There is no ${label}`, `Enter the ${label}, or check the expression.`));
}

/** @returns milliseconds */
export function readTimeout(value: unknown, defaultS: number): Reply<number> {
	const seconds = Number(value ?? defaultS);
	if (seconds > 0 && seconds <= LONGEST_TIMEOUT_S) return ok(seconds * 1000);
	return failed(
		refused(
			seconds > LONGEST_TIMEOUT_S
				? `The timeout of ${String(value)} s is longer than 30 days`
				: `The timeout "${String(value)}" is not a number of seconds above 0`,
			'Enter Timeout as a number of seconds, e.g. 300.',
		),
	);
}

/** @returns how many results are wanted; `Infinity` for all */
export function readLimit(item: Item): Reply<number> {
	if (parameter(item, 'returnAll', false)) return ok(Infinity);
	const given = parameter(item, 'limit', DEFAULT_LIMIT);
	const limit = Number(given);
	if (Number.isInteger(limit) && limit > 0) return ok(limit);
	return failed(
		refused(
			`The limit "${String(given)}" is not a number of results`,
			'Enter Limit as a whole number, e.g. 50.',
		),
	);
}

/** The limits of the run, from the first item. What cannot be read there is refused item by item. */
export function readLimits(context: IExecuteFunctions, defaultTimeoutS: number): Limits {
	try {
		const concurrency = Number(
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
