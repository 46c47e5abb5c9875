import type {
	ICredentialDataDecryptedObject,
	ICredentialTestFunctions,
	INodeCredentialTestResult,
} from 'n8n-workflow';

import { readAnswer, type FullAnswer } from './answer';
import { Deadline } from './deadline';
import { unwrap } from './envelope';
import { problemFromAnswer, problemFromFault, tooLarge, messageOf } from './faults';
import { authorizationOf, BASE_URLS, baseUrlOf, secretsOf, urlOf } from './gateway';
import { failed, ok, type Problem, type Reply } from './reply';
import { SecretCleaner } from './secrets';

/** A free read that official and compatible gateways answer alike. Source: Kling's page on voice customization. */
const PRESETS = '/v1/general/presets-voices';
/** KKI AI may not offer the presets, but it has a free call about the key itself, outside `/kling`. */
const USAGE = `${new URL(BASE_URLS.kkiai).origin}/api/usage/token/`;
/** The editor shows a spinner meanwhile. */
const LONGEST_MS = 15_000;

const WRONG_KEY = 'The key was refused. Check the key and the provider.';
const NO_API =
	"This address returns a web page instead of the API. Check the base URL: it includes the gateway's prefix, such as /kling, but not /v1.";

const BY_STATUS: Record<number, string> = {
	401: WRONG_KEY,
	403: 'The key is known but may not do this. Check its token group, model restriction and IP whitelist.',
	404: "This address has no Kling API. Check the base URL: it includes the gateway's prefix, such as /kling, but not /v1.",
	429: 'The account refuses all requests. Check its balance, its IP whitelist and how many requests run at once.',
};

const BY_REMEDY: Partial<Record<NonNullable<Problem['remedy']>, string>> = {
	checkKey: 'Check the key and the provider.',
	checkProxy: 'Check HTTP_PROXY, HTTPS_PROXY and NO_PROXY of the n8n instance.',
	enterTarget:
		'The key was not sent there. If that address is right, set Provider to Custom and enter the address as Base URL.',
};

/** Kling's authentication codes, in case a gateway passes them on with HTTP 200. */
const KEY_CODES = new Set(['1000', '1001', '1002', '1003', '1004']);

type Helpers = Pick<ICredentialTestFunctions['helpers'], 'request'>;

/**
 * Tries the key with one free read. In code and not as a description, as n8n sends what is described along redirects,
 * key and all.
 * @param helpers of n8n's context for tests, which has no other way to ask
 * @param address for a test; by default what the provider offers
 */
export async function testCredential(
	helpers: Helpers,
	credentials: ICredentialDataDecryptedObject,
	address?: string,
): Promise<INodeCredentialTestResult> {
	let url: string;
	let authorization: string;
	try {
		url = address ?? testUrl(credentials);
		authorization = authorizationOf(credentials, Date.now());
	} catch (error) {
		return { status: 'Error', message: messageOf(error) };
	}
	const answer = await ask(helpers, url, authorization);
	const words = answer.ok ? complaint(answer.value, url) : inWords(answer.problem);
	const cleaner = new SecretCleaner(secretsOf(credentials));
	return words === undefined
		? { status: 'OK', message: 'Connection successful!' }
		: { status: 'Error', message: cleaner.clean(words) };
}

/** Where the test asks: the provider's own free call, or what the nodes make of the base URL. */
export function testUrl(credentials: ICredentialDataDecryptedObject): string {
	const isKkiai = (credentials.provider || 'kkiai') === 'kkiai';
	return isKkiai ? USAGE : `${urlOf(baseUrlOf(credentials), PRESETS)}?pageNum=1&pageSize=1`;
}

async function ask(
	helpers: Helpers,
	uri: string,
	Authorization: string,
): Promise<Reply<FullAnswer>> {
	const deadline = new Deadline(LONGEST_MS);
	try {
		const response: unknown = await helpers.request({
			method: 'GET',
			uri,
			headers: { Accept: 'application/json', Authorization },
			useStream: true,
			resolveWithFullResponse: true,
			simple: false,
			followRedirect: false,
			sendCredentialsOnCrossOriginRedirect: false,
			timeout: LONGEST_MS,
		});
		const answer = await readAnswer(response, deadline);
		return answer ? ok(answer) : failed(tooLarge(new URL(uri).host));
	} catch (error) {
		return failed(problemFromFault(error, uri, deadline.endedBy));
	} finally {
		deadline.release();
	}
}

/** What is wrong with the answer, in sentences. */
function complaint(answer: FullAnswer, url: string): string | undefined {
	const problem = problemFromAnswer(answer, url);
	if (problem) return inWords(problem);
	const byStatus = BY_STATUS[answer.httpStatus];
	if (byStatus !== undefined) return byStatus;
	const reply = unwrap(answer);
	if (answer.text.trimStart().startsWith('<')) return NO_API;
	if (reply.ok) return undefined;
	const { cause, code = '' } = reply.problem;
	const isKey = KEY_CODES.has(code) || /"success"\s*:\s*false/.test(answer.text.slice(0, 1000));
	return isKey && cause !== 'server' ? WRONG_KEY : inWords(reply.problem);
}

const inWords = ({ what, remedy }: Problem): string =>
	[`${what}.`, remedy && BY_REMEDY[remedy]].filter(Boolean).join(' ');
