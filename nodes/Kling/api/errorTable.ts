import type { Cause, Retry } from './reply';

export interface ErrorRow {
	cause: Cause;
	retry: Retry;
	what: string;
	advice: string;
}

export const CHECK_KEY =
	'Open the Kling API credential and check the key, the provider and, for AccessKey and SecretKey, the clock of this machine.';
const TOP_UP = 'Top up the account or renew the resource pack, then run the workflow again.';
const CHECK_INPUT = 'Check the values of this item against the message.';
const WAIT =
	'The node slows down and tries again by itself; if this goes on, lower Max Concurrency.';
export const SERVER_TROUBLE =
	'Try again later. Retry On Fail sends the same external task ID again, which Kling never takes twice.';
const KEY_RIGHTS =
	'The key is valid but may not use this model. At the gateway, check the token group and the model restriction of the key; at Kling, check the resource pack.';

const row = (cause: Cause, retry: Retry, what: string, advice: string): ErrorRow => ({
	cause,
	retry,
	what,
	advice,
});

/**
 * Kling's business codes and the words that gateways put in their place. The code decides, not the HTTP
 * status: 1100, 1101, 1102 and 1304 come as 429 and yet are permanent.
 * Source: Kling's error code page and New-API's task errors.
 */
export const BY_CODE: Record<string, ErrorRow> = {
	'1000': row('account', 'never', 'Kling could not authenticate the request', CHECK_KEY),
	'1001': row('account', 'never', 'No key was sent', CHECK_KEY),
	'1002': row('account', 'never', 'The key was refused', CHECK_KEY),
	'1003': row('account', 'never', 'The signed token is not valid yet', CHECK_KEY),
	'1004': row('account', 'never', 'The signed token has expired', CHECK_KEY),
	'1100': row(
		'account',
		'never',
		'The account is not in order',
		'Look at the account in the Kling console.',
	),
	'1101': row('account', 'never', 'The account is in arrears', TOP_UP),
	'1102': row('account', 'never', 'The balance or resource pack is used up', TOP_UP),
	'1103': row('account', 'never', 'The key may not use this API or model', KEY_RIGHTS),
	'1200': row('invalid', 'never', 'Kling refused the parameters', CHECK_INPUT),
	'1201': row('invalid', 'never', 'Kling refused a value', CHECK_INPUT),
	'1202': row(
		'notOffered',
		'never',
		'Kling does not know this request',
		'Check the base URL of the credential.',
	),
	'1203': row('missing', 'never', 'Kling does not know this resource', CHECK_INPUT),
	'1300': row(
		'invalid',
		'never',
		'Kling refused this by its platform policy',
		'Use another clip or name.',
	),
	'1301': row(
		'invalid',
		'never',
		'Kling refused the content for safety reasons',
		'Use another clip or name.',
	),
	'1302': row('rate', 'afterPause', 'Requests come too fast for the account', WAIT),
	'1303': row('busy', 'afterPause', 'More tasks at once than the resource pack allows', WAIT),
	'1304': row(
		'account',
		'never',
		"The account's IP whitelist does not include this n8n instance",
		'Add the public address of the n8n instance to the whitelist in the Kling console.',
	),
	'5000': row('server', 'afterLook', 'Kling had an internal error', SERVER_TROUBLE),
	'5001': row('server', 'afterPause', 'Kling is temporarily unavailable', SERVER_TROUBLE),
	'5002': row('server', 'afterLook', 'Kling timed out internally', SERVER_TROUBLE),
	model_not_found: row('account', 'never', 'The gateway has no channel for this model', KEY_RIGHTS),
	get_channel_failed: row(
		'account',
		'never',
		'The gateway has no channel for this model',
		KEY_RIGHTS,
	),
	task_not_exist: row('missing', 'never', 'The gateway does not know this task', CHECK_INPUT),
	invalid_request: row('invalid', 'never', 'The gateway refused the request', CHECK_INPUT),
	do_request_failed: row(
		'server',
		'afterLook',
		'The gateway could not reach Kling',
		SERVER_TROUBLE,
	),
	insufficient_user_quota: row('account', 'never', 'The balance at the gateway is used up', TOP_UP),
};

const NOT_OFFERED = row(
	'notOffered',
	'never',
	'This gateway does not offer this operation',
	'Check the base URL of the Kling API credential. If it is right, use a provider that has this operation.',
);

/** For answers without a code that this table knows. */
export const BY_STATUS: Record<number, ErrorRow> = {
	400: row('invalid', 'never', 'The request was refused', CHECK_INPUT),
	401: row('account', 'never', 'The key was refused', CHECK_KEY),
	402: row('account', 'never', 'The balance is used up', TOP_UP),
	403: row('account', 'never', 'The key may not do this', KEY_RIGHTS),
	404: NOT_OFFERED,
	408: row('server', 'afterLook', 'The server gave up waiting', SERVER_TROUBLE),
	413: row('invalid', 'never', 'The request is too large', CHECK_INPUT),
	429: row('rate', 'afterPause', 'The gateway is saturated', WAIT),
};

export const SERVER_ERROR = row('server', 'afterLook', 'The server failed', SERVER_TROUBLE);
/** "200 OK" around a complaint that nobody documents: what came of the request cannot be told. */
export const VAGUE_REFUSAL = row('invalid', 'afterLook', 'The request was refused', CHECK_INPUT);
export const OTHER_REFUSAL = row('invalid', 'never', 'The request was refused', CHECK_INPUT);

/** Wordings that say more than their code: 1201 stands for a missing task as well as for a used id. */
export const BY_WORDING: { codes: string[]; says: RegExp; row: ErrorRow }[] = [
	{ codes: ['200', '400', '404'], says: /^404$|^Invalid URL\b/, row: NOT_OFFERED },
	{
		codes: ['200'],
		says: /\b(invalid|wrong|no|bad)\b.*\b(token|key|authorization)\b|token not found|unauthori[sz]ed/i,
		row: row('account', 'never', 'The key was refused', CHECK_KEY),
	},
	{
		codes: ['1200', '1201', '400', '409'],
		// "voice_name already exists" is another matter.
		says: /^(?!.*name).*(already\s+(exists?|used|been used)|duplicat|已存在|重复)/i,
		row: row(
			'duplicate',
			'never',
			'The external task ID is already used',
			'Leave External Task ID empty, or give every voice an ID of its own.',
		),
	},
	{
		codes: ['1201', '1203', '400', '404'],
		says: /not\s+(be\s+)?found|not\s+exist|already\s+(been\s+)?deleted|unknown (task|voice)|不存在|已删除/i,
		row: row(
			'missing',
			'never',
			'Kling does not know this ID',
			'Check the ID. It may have been deleted, or belong to another account or gateway.',
		),
	},
];

/**
 * Faults of the network in words; the bare code in a message would make n8n replace the whole message.
 * `arrived` says whether the request may have reached the server.
 */
export const NETWORK_FAULTS: Record<string, { says: string; arrived: boolean }> = {
	EAI_AGAIN: { says: 'its name cannot be looked up right now', arrived: false },
	ECONNABORTED: { says: 'it took too long to answer', arrived: true },
	ECONNREFUSED: { says: 'it refuses the connection', arrived: false },
	ECONNRESET: { says: 'it cut the connection before it answered', arrived: true },
	EHOSTUNREACH: { says: 'there is no way to it from here', arrived: false },
	ENETUNREACH: { says: 'there is no network', arrived: false },
	ENOTFOUND: { says: 'there is no host of that name', arrived: false },
	EPIPE: { says: 'it cut the connection before it answered', arrived: true },
	EPROTO: {
		says: 'a secure connection could not be made; perhaps it takes http:// only',
		arrived: false,
	},
	ETIMEDOUT: { says: 'it took too long to answer', arrived: true },
};
export const TLS_FAULT = /CERT|TLS|SSL|SELF_SIGNED|UNABLE_TO_VERIFY/;
