/** What n8n serves to the outside world: webhooks and forms of workflows, tried, running and paused. */
const FOR_WORKFLOWS = new Set([
	'webhook',
	'webhook-test',
	'webhook-waiting',
	'form',
	'form-test',
	'form-waiting',
]);

/** Kling fetches files here; n8n checks the signature of the address. */
const SIGNED_FILE = '/rest/binary-data/signed';

const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** Visible ASCII without what starts a fragment or stands for a slash to some readers. */
const PLAIN_ADDRESS = /^\/[!$-[\]-~"]*$/;

/**
 * Whether a call from outside may reach n8n. Everything that two readers could understand in two ways is refused, so
 * that n8n finds no other path in it than was found here.
 * @param url as it stands in the first line of the request
 */
export function isPublic(method: string, url: string): boolean {
	if (!METHODS.has(method) || !PLAIN_ADDRESS.test(url)) return false;
	const [path = ''] = url.split('?', 1);
	if (path === SIGNED_FILE) return method === 'GET' || method === 'HEAD';
	const [, first = '', ...rest] = path.split('/');
	// n8n takes a slash at the end for nothing.
	if (rest.length > 1 && rest.at(-1) === '') rest.pop();
	return FOR_WORKFLOWS.has(first) && rest.length > 0 && rest.every(isOneName);
}

/** Whether a part of a path still is one when it is decoded, once or more often. */
function isOneName(part: string): boolean {
	const name = decoded(part);
	if (name === undefined || name === '') return false;
	return !/^\.{1,2}(?:;|$)/.test(name) && !/[/\\%]|\p{Cc}/u.test(name);
}

function decoded(part: string): string | undefined {
	try {
		return decodeURIComponent(part);
	} catch {
		return undefined;
	}
}
