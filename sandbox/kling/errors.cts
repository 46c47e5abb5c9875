/** An error answer: what goes over the wire, word for word. */
export interface RawResponse {
	status: number;
	/** A string goes out as text or HTML, `undefined` as an empty body, anything else as JSON. */
	body: unknown;
	headers?: Record<string, string>;
}

/** The business codes of Kling's page on errors. The texts are ours where Kling's are not known. */
export const klingCodes = {
	1000: { status: 401, message: 'Authentication failed' },
	1001: { status: 401, message: 'Authorization is empty' },
	1002: { status: 401, message: 'Authorization is invalid' },
	1003: { status: 401, message: 'Authorization is not yet valid' },
	1004: { status: 401, message: 'Authorization has expired' },
	1100: { status: 429, message: 'Account exception' },
	1101: { status: 429, message: 'Account in arrears' },
	1102: { status: 429, message: 'Account balance not enough' },
	1103: { status: 403, message: 'No permission for the requested resource' },
	1200: { status: 400, message: 'Invalid request parameters' },
	1201: { status: 400, message: 'Invalid parameter key or value' },
	1202: { status: 404, message: 'The requested method is invalid' },
	1203: { status: 404, message: 'The requested resource does not exist' },
	1300: { status: 400, message: 'Platform policy triggered' },
	1301: { status: 400, message: 'Content security policy triggered' },
	1302: { status: 429, message: 'API request rate limit exceeded' },
	1303: { status: 429, message: 'parallel task over resource pack limit' },
	1304: { status: 429, message: 'Request triggered the IP whitelist policy' },
	5000: { status: 500, message: 'Internal server error' },
	5001: { status: 503, message: 'Server temporarily unavailable' },
	5002: { status: 504, message: 'Server internal timeout' },
} as const;
export type KlingCode = keyof typeof klingCodes;

export const ERROR_REQUEST_ID = 'sandbox-request-0000';

export function isKlingCode(code: unknown): code is KlingCode {
	return (typeof code === 'number' || typeof code === 'string') && code in klingCodes;
}

/** Kling's own error envelope. It never carries `data`. */
export function klingError(code: KlingCode, message?: string): RawResponse {
	const known = klingCodes[code];
	return {
		status: known.status,
		body: { code, message: message ?? known.message, request_id: ERROR_REQUEST_ID },
	};
}

function newApiError(
	status: number,
	message: string,
	code = '',
	type = 'new_api_error',
): RawResponse {
	const text = `${message} (request id: ${ERROR_REQUEST_ID})`;
	return { status, body: { error: { message: text, type, code } } };
}

/** New-API's task errors: `code` is a word. */
function taskError(status: number, code: string, message: string): RawResponse {
	return { status, body: { code, message, data: null } };
}

export function invalidUrl(method: string, path: string): RawResponse {
	const message = `Invalid URL (${method} ${path})`;
	return {
		status: 404,
		body: { error: { message, type: 'invalid_request_error', param: '', code: '' } },
	};
}

export function htmlPage(status: number): string {
	return (
		`<!DOCTYPE html>\n<html><head><title>${status} Bad Gateway</title></head>\n` +
		`<body><center><h1>${status} Bad Gateway</h1></center><hr><center>nginx</center></body></html>\n`
	);
}

const upstreamNotFound = {
	code: 1201,
	message: 'Voice id not found',
	request_id: ERROR_REQUEST_ID,
};

const gatewayErrors = {
	badKey: newApiError(401, 'Invalid token'),
	noKey: newApiError(401, 'No token provided'),
	quotaUsedUp: newApiError(403, 'Token quota is used up', 'insufficient_user_quota'),
	banned: newApiError(403, 'User has been banned'),
	modelNotAllowed: newApiError(403, 'This token has no access to model kling-custom-voices'),
	newApiTooMany: newApiError(429, 'Too many requests'),
	modelNotFound: newApiError(
		503,
		'No available channel for model kling-custom-voices under group default',
		'model_not_found',
	),
	invalidUrl: invalidUrl('POST', '/kling/v1/general/custom-voices'),
	taskNotExist: taskError(400, 'task_not_exist', 'task_not_exist'),
	invalidRequest: taskError(400, 'invalid_request', 'invalid request body'),
	getChannelFailed: taskError(500, 'get_channel_failed', 'failed to get a channel'),
	doRequestFailed: taskError(500, 'do_request_failed', 'Post upstream: connection refused'),
	taskFailed: taskError(500, 'task_failed', 'the upstream refused the task'),
	/** The upstream's JSON arrives as a string inside `message`. */
	failToFetchTask: taskError(400, 'fail_to_fetch_task', JSON.stringify(upstreamNotFound)),
	/** Stock New-API's text for every 429 of a task route; hides 1102 as well as 1303. */
	saturated: taskError(429, 'fail_to_fetch_task', '当前分组上游负载已饱和，请稍后再试'),
	cometNested: {
		status: 400,
		body: {
			message: 'Voice id not found',
			data: { message: 'Voice id not found', data: upstreamNotFound },
		},
	},
	nullCode: { status: 404, body: { code: null, message: '404' } },
	nullCode200: { status: 200, body: { code: null, message: '404' } },
	successFalse: { status: 200, body: { success: false, message: 'token not found' } },
	noAuthorizationHeader: {
		status: 401,
		body: { success: false, message: 'No Authorization header' },
	},
	plainText: { status: 502, body: 'error code: 502' },
	cloudflareTimeout: { status: 524, body: 'error code: 524' },
	spaPage: { status: 200, body: '<!doctype html><html><body><div id="root"></div></body></html>' },
} satisfies Record<string, RawResponse>;

/** Kling's codes by name, so that a fault reads as what it means. */
const klingNames = {
	authFailed: 1000,
	authEmpty: 1001,
	authInvalid: 1002,
	tokenNotYetValid: 1003,
	tokenExpired: 1004,
	accountAbnormal: 1100,
	accountInArrears: 1101,
	balanceUsedUp: 1102,
	noPermission: 1103,
	invalidParameters: 1200,
	invalidValue: 1201,
	methodInvalid: 1202,
	resourceMissing: 1203,
	platformPolicy: 1300,
	contentPolicy: 1301,
	tooFast: 1302,
	tooManyInFlight: 1303,
	ipNotAllowed: 1304,
	internalError: 5000,
	unavailable: 5001,
	internalTimeout: 5002,
} as const satisfies Record<string, KlingCode>;

export type NamedError = keyof typeof gatewayErrors | keyof typeof klingNames;

/** Every documented error body by name: `{ on: 'create', kind: 'errorBefore', ...namedErrors.saturated }`. */
export const namedErrors = {
	...gatewayErrors,
	...Object.fromEntries(Object.entries(klingNames).map(([name, code]) => [name, klingError(code)])),
} as Record<NamedError, RawResponse>;
