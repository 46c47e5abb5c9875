import type { Cause, Remedy, Retry } from './reply';

export interface ErrorRow {
	cause: Cause;
	retry: Retry;
	what: string;
	remedy: Remedy;
}

const row = (cause: Cause, retry: Retry, what: string, remedy: Remedy): ErrorRow => ({
	cause,
	retry,
	what,
	remedy,
});

/**
 * Kling's business codes and the words that gateways put in their place. The code decides, not the HTTP
 * status: 1100, 1101, 1102 and 1304 come as 429 and yet are permanent.
 * Source: Kling's error code page and New-API's task errors.
 */
export const BY_CODE: Record<string, ErrorRow> = {
	'1000': row('account', 'never', 'Kling could not authenticate the request', 'checkKey'),
	'1001': row('account', 'never', 'No key was sent', 'checkKey'),
	'1002': row('account', 'never', 'The key was refused', 'checkKey'),
	'1003': row('account', 'never', 'The signed token is not valid yet', 'checkKey'),
	'1004': row('account', 'never', 'The signed token has expired', 'checkKey'),
	'1100': row('account', 'never', 'Kling reports a problem with the account', 'checkAccount'),
	'1101': row('account', 'never', 'The account is in arrears', 'topUp'),
	'1102': row('account', 'never', 'The balance or resource pack is used up', 'topUp'),
	'1103': row('account', 'never', 'The key may not use this API or model', 'checkKeyRights'),
	'1200': row('invalid', 'never', 'Kling refused the parameters', 'checkInput'),
	'1201': row('invalid', 'never', 'Kling refused a value', 'checkInput'),
	'1202': row('notOffered', 'never', 'Kling does not recognize this request', 'checkBaseUrl'),
	'1203': row('missing', 'never', 'Kling does not know this resource', 'checkInput'),
	'1300': row('invalid', 'never', 'Kling refused this by its platform policy', 'changeContent'),
	'1301': row('invalid', 'never', 'Kling refused the content for safety reasons', 'changeContent'),
	'1302': row('rate', 'afterPause', 'The account is sending requests too fast', 'slowDown'),
	'1303': row('busy', 'afterPause', 'More tasks at once than the resource pack allows', 'slowDown'),
	'1304': row(
		'account',
		'never',
		"The account's IP whitelist does not include this n8n instance",
		'allowAddress',
	),
	'5000': row('server', 'afterLook', 'Kling had an internal error', 'tryLater'),
	'5001': row('server', 'afterPause', 'Kling is temporarily unavailable', 'tryLater'),
	'5002': row('server', 'afterLook', 'Kling timed out internally', 'tryLater'),
	model_not_found: row(
		'account',
		'never',
		'The gateway has no channel for this model',
		'checkKeyRights',
	),
	get_channel_failed: row(
		'account',
		'never',
		'The gateway has no channel for this model',
		'checkKeyRights',
	),
	task_not_exist: row('missing', 'never', 'The gateway does not know this task', 'checkInput'),
	invalid_request: row('invalid', 'never', 'The gateway refused the request', 'checkInput'),
	do_request_failed: row('server', 'afterLook', 'The gateway could not reach Kling', 'tryLater'),
	insufficient_user_quota: row(
		'account',
		'never',
		'The balance at the gateway is used up',
		'topUp',
	),
};

const NOT_OFFERED = row(
	'notOffered',
	'never',
	'This gateway does not offer this operation',
	'otherGateway',
);

/** For answers without a code that this table knows. */
export const BY_STATUS: Record<number, ErrorRow> = {
	400: row('invalid', 'never', 'The request was refused', 'checkInput'),
	401: row('account', 'never', 'The key was refused', 'checkKey'),
	402: row('account', 'never', 'The balance is used up', 'topUp'),
	403: row('account', 'never', 'The key may not do this', 'checkKeyRights'),
	404: NOT_OFFERED,
	408: row('server', 'afterLook', 'The server gave up waiting', 'tryLater'),
	413: row('invalid', 'never', 'The request is too large', 'checkInput'),
	429: row('rate', 'afterPause', 'Too many requests at the moment', 'slowDown'),
};

export const SERVER_ERROR = row('server', 'afterLook', 'The server failed', 'tryLater');
/** "200 OK" around an undocumented complaint: what came of the request cannot be told. */
export const VAGUE_REFUSAL = row('invalid', 'afterLook', 'The request was refused', 'checkInput');
export const OTHER_REFUSAL = row('invalid', 'never', 'The request was refused', 'checkInput');

/** Wordings that say more than their code: 1201 stands for a missing task as well as for a used id. */
export const BY_WORDING: { codes: string[]; says: RegExp; row: ErrorRow }[] = [
	{ codes: ['200', '400', '404'], says: /^404$|^Invalid URL\b/, row: NOT_OFFERED },
	{
		codes: ['200'],
		says: /\b(invalid|wrong|no|bad)\b.*\b(token|key|authorization)\b|\b(token|key|authorization) (is )?(not (found|provided|valid)|missing|required)|unauthori[sz]ed/i,
		row: row('account', 'never', 'The key was refused', 'checkKey'),
	},
	{
		codes: ['1200', '1201', '400', '409'],
		// A name that already exists is another matter.
		says: /^(?!.*name).*(already\s+(exists?|in\s+use|(been\s+)?(used|taken))|duplicat|已存在|重复)/i,
		row: row('duplicate', 'never', 'The external task ID is already in use', 'newExternalId'),
	},
	{
		codes: ['1201', '1203', '400', '404'],
		says: /not\s+(be\s+)?found|not\s+exist|already\s+(been\s+)?deleted|unknown (task|voice)|不存在|已删除/i,
		row: row('missing', 'never', 'Kling does not know this ID', 'checkId'),
	},
];

/**
 * Faults of the network in words; the bare code in a message would make n8n replace the whole message.
 * `arrived` says whether the request may have reached the server.
 */
export const NETWORK_FAULTS: Record<string, { says: string; arrived: boolean }> = {
	EAI_AGAIN: { says: 'the DNS lookup failed', arrived: false },
	ECONNABORTED: { says: 'timed out', arrived: true },
	ECONNREFUSED: { says: 'connection refused', arrived: false },
	ECONNRESET: { says: 'the connection was closed before an answer came', arrived: true },
	EHOSTUNREACH: { says: 'no route to the host', arrived: false },
	ENETUNREACH: { says: 'the network is unreachable', arrived: false },
	ENOTFOUND: { says: 'no host has that name', arrived: false },
	EPIPE: { says: 'the connection was closed before an answer came', arrived: true },
	ETIMEDOUT: { says: 'timed out', arrived: true },
};
/** Before anything is sent. */
export const CERTIFICATE_FAULT = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER|HOSTNAME/;
/** No secure connection came about; any other fault of it may come after the request has gone out. */
export const NO_HANDSHAKE =
	/WRONG_VERSION|UNSUPPORTED_PROTOCOL|HANDSHAKE|NO_CIPHERS|UNKNOWN_PROTOCOL|PACKET_LENGTH/;
