import type { IDataObject } from 'n8n-workflow';

import { failed, ok, refused, type Problem, type Reply } from '../api/reply';
import { readAddress, repairedAddress } from '../media/address';
import { unreachableReason } from '../media/reachable';
import type { TaskBody } from '../tasks/submit';
import { idFault } from './read';

/**
 * One check of a body: the first problem that it finds.
 * @param apiHost host of the credential's base URL: a local API may be given local addresses
 */
export type Check = (
	body: IDataObject,
	apiHost: string,
) => Problem | undefined | Promise<Problem | undefined>;

/** What the body of one kind of create needs. */
interface BodyRules {
	/** Fields that are pasted, often with a blank or line break around them: addresses and ids. */
	pasted: readonly string[];
	checks: readonly Check[];
}

const COMMON_PASTED = ['callback_url', 'external_task_id'];

/** What every create has. */
const COMMON: readonly Check[] = [
	publicAddress('callback_url', 'Callback URL', 'callback URL'),
	checkExternalId,
];

/**
 * Refuses before any request what Kling would refuse after it, or worse, would charge for.
 * @param body the parameters of one item, additional fields included
 * @returns the body without what is not set
 */
export async function checkBody(
	body: IDataObject,
	{ pasted, checks }: BodyRules,
	apiHost: string,
): Promise<Reply<TaskBody>> {
	const set: IDataObject = {};
	const trimmed = [...pasted, ...COMMON_PASTED];
	for (const [key, value] of Object.entries(body)) {
		const clean = trimmed.includes(key) ? cleaned(key, value) : value;
		if (isSet(clean)) set[key] = clean;
	}
	for (const check of [...checks, ...COMMON]) {
		const problem = await check(set, apiHost);
		if (problem) return failed(problem);
	}
	return ok({ ...set, external_task_id: String(set.external_task_id) });
}

/** An address that Kling's servers have to reach, if it is given. */
export function publicAddress(key: string, label: string, what: string): Check {
	return async ({ [key]: url }, apiHost) => {
		if (url === undefined) return undefined;
		const read = readAddress(url);
		const reason =
			'url' in read ? await unreachableReason(read.url.href, apiHost) : `The ${what} ${read.fault}`;
		return reason
			? refused(reason, `Enter a public address in ${label}, or leave it empty.`)
			: undefined;
	};
}

interface RequiredText {
	/** The field's name in the panel. */
	label: string;
	/** What it is, as it reads in a message. */
	name: string;
	/** What happened when there is none. */
	missing: string;
	/** Its length, counted as a person counts: code points, not UTF-16 units. */
	most: number;
}

/** Enough to recognize a text by; an expression may give a whole document. */
const MOST_QUOTED = 100;

const beginningOf = (characters: string[]): string =>
	characters.length > MOST_QUOTED
		? `${characters.slice(0, MOST_QUOTED).join('')}…`
		: characters.join('');

/** A text that must be there. */
export function requiredText(key: string, rules: RequiredText): Check {
	const { label, missing, most } = rules;
	const isGiven = optionalText(key, rules);
	return (body, apiHost) => {
		const { [key]: text } = body;
		const isMissing = !isSet(text) || (typeof text === 'string' && text.trim() === '');
		return isMissing
			? refused(missing, `Enter a ${label} of 1 to ${most} characters.`)
			: isGiven(body, apiHost);
	};
}

/** A text that may be left out. */
export function optionalText(
	key: string,
	{ label, name, most }: Omit<RequiredText, 'missing'>,
): Check {
	return ({ [key]: text }) => {
		if (!isSet(text)) return undefined;
		if (typeof text !== 'string') {
			return refused(`The ${name} is not text`, `Enter a ${label} of 1 to ${most} characters.`);
		}
		const characters = [...text];
		const { length } = characters;
		return length <= most
			? undefined
			: refused(
					`The ${name} "${beginningOf(characters)}" has ${length} characters; Kling allows ${most}`,
					`Shorten ${label}.`,
				);
	};
}

function checkExternalId({ external_task_id: id }: IDataObject): Problem | undefined {
	const isText = typeof id === 'string' && id.trim() !== '';
	const fault = isText ? idFault(id) : 'is not text';
	return fault === undefined
		? undefined
		: refused(
				`The external task ID ${fault}`,
				'Leave External Task ID empty to have one made, or enter letters, digits and hyphens.',
			);
}

export function isSet(value: unknown): boolean {
	return value !== '' && value !== undefined && value !== null;
}

/** An address is sent as it was checked. */
function cleaned(key: string, value: IDataObject[string]): IDataObject[string] {
	return key.endsWith('_url') && typeof value === 'string'
		? repairedAddress(value)
		: withoutBlanks(value);
}

function withoutBlanks(value: IDataObject[string]): IDataObject[string] {
	return typeof value === 'string' ? value.trim() : asText(value);
}

/** An expression gives a number for a name such as 2024, or an ID such as 1042. */
export function asText<T>(value: T): T | string {
	return typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : value;
}
