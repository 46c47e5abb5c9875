import { adviceOf } from '../../nodes/Kling/operation/advice';
import fc from 'fast-check';
import { cancelled, notSent, problemFromNetwork } from '../../nodes/Kling/api/errors';
import type { Retry } from '../../nodes/Kling/api/reply';

const HOST = 'www.kkiai.com';

test.each<[string, Retry, string]>([
	['ECONNREFUSED', 'afterPause', 'connection refused'],
	['ENOTFOUND', 'afterPause', 'no host has that name'],
	['EAI_AGAIN', 'afterPause', 'DNS lookup failed'],
	['EHOSTUNREACH', 'afterPause', 'no route to the host'],
	['ENETUNREACH', 'afterPause', 'network is unreachable'],
	['ECONNRESET', 'afterLook', 'connection was closed'],
	['EPIPE', 'afterLook', 'connection was closed'],
	['ETIMEDOUT', 'afterLook', 'timed out'],
	['ECONNABORTED', 'afterLook', 'timed out'],
	['ERR_SOMETHING_NEW', 'afterLook', 'the connection failed'],
])('the network error %s has retry %s and an explanation', (code, retry, words) => {
	const problem = problemFromNetwork(code, HOST, `odd things at ${HOST}`);
	expect(problem).toMatchObject({ cause: 'unreachable', retry });
	expect(problem.what).toContain(HOST);
	expect(problem.what).toContain(words);
	expect(adviceOf(problem)).toMatch(/^[A-Z].{15,}\.$/);
	// n8n replaces a whole message that holds one of these codes.
	expect(problem.what + adviceOf(problem)).not.toContain(code);
	expect(problem.httpStatus).toBeUndefined();
});

test.each<[string, string, Retry]>([
	['EPROTO', 'ssl3_get_record:wrong version number', 'afterPause'],
	['EPROTO', 'sslv3 alert handshake failure', 'afterPause'],
	['ERR_SSL_WRONG_VERSION_NUMBER', '', 'afterPause'],
	['EPROTO', 'sslv3 alert bad record mac', 'afterLook'],
	['ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC', '', 'afterLook'],
	['ERR_SSL_SSLV3_ALERT_INTERNAL_ERROR', '', 'afterLook'],
])('the fault %s "%s" of a secure connection has retry %s', (code, message, retry) => {
	expect(problemFromNetwork(code, HOST, message)).toMatchObject({ cause: 'unreachable', retry });
});

test.each(['DEPTH_ZERO_SELF_SIGNED_CERT', 'CERT_HAS_EXPIRED', 'ERR_TLS_CERT_ALTNAME_INVALID'])(
	'the network error %s is never retried',
	(code) => {
		const problem = problemFromNetwork(code, HOST, `${code}: certificate has expired`);
		expect(problem.retry).toBe('never');
		expect(problem.what).toContain(HOST);
	},
);

/** The codes that make n8n throw away the message: COMMON_ERRORS in n8n-workflow's NodeError. */
const REPLACED_BY_N8N = [
	...['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'ETIMEDOUT', 'ERRADDRINUSE', 'EADDRNOTAVAIL'],
	...['ECONNABORTED', 'EHOSTUNREACH', 'EAI_AGAIN', 'ENOENT', 'EISDIR', 'ENOTDIR', 'EACCES'],
	...['EEXIST', 'EPERM', 'GETADDRINFO'],
];

test('the message of a network error never shows a bare code', () => {
	const code = fc.constantFrom(...REPLACED_BY_N8N);
	fc.assert(
		fc.property(code, fc.string(), fc.string(), (bare, before, after) => {
			const problem = problemFromNetwork(bare, HOST, `${before} connect ${bare} ${after}`);
			expect(problem.what).not.toContain(bare);
			expect(adviceOf(problem)).not.toBe('');
		}),
	);
});

test('an error without a code keeps its reason, and nothing was sent', () => {
	const problem = problemFromNetwork(undefined, HOST, 'Domain not allowed: www.kkiai.com');
	expect(problem.what).toContain('Domain not allowed');
	expect(problem.retry).toBe('never');
	expect(adviceOf(problem)).not.toBe('');
});

test('a request that n8n or the credential refuses counts as an account problem', () => {
	expect(notSent('The Kling API credential has no API key.')).toMatchObject({
		cause: 'account',
		retry: 'never',
		what: 'The Kling API credential has no API key',
	});
});

test('a request of a stopped execution is never repeated', () => {
	expect(cancelled()).toMatchObject({ cause: 'cancelled', retry: 'never' });
	expect(problemFromNetwork('ERR_CANCELED', HOST, 'canceled')).toMatchObject(cancelled());
});
