/** Names that mean something only inside one machine or network (RFC 6761, RFC 6762, RFC 8375). */
const PRIVATE_SUFFIXES = ['localhost', 'local', 'internal', 'lan', 'home.arpa', 'test', 'invalid'];

/**
 * Whether Kling's servers can be expected to reach a host. Nothing is looked up: a public name may still
 * point nowhere, but a loopback, private or undotted one never works from outside.
 * @param host as in `URL.hostname`, IPv6 in brackets or not
 */
export async function isPublicHost(host: string): Promise<boolean> {
	const { default: ipaddr } = await import('ipaddr.js');
	const name = host.toLowerCase().replace(/^\[|\]$|\.$/g, '');
	if (ipaddr.isValid(name)) return ipaddr.process(name).range() === 'unicast';
	return name.includes('.') && !PRIVATE_SUFFIXES.some((suffix) => name.endsWith(`.${suffix}`));
}

/**
 * Why Kling cannot fetch from or post to this address, or `undefined` when it can.
 * A local API (a sandbox, a gateway in the same network) can reach local addresses too.
 * @param apiHost host of the credential's base URL
 */
export async function unreachableReason(
	address: string,
	apiHost: string,
): Promise<string | undefined> {
	const { hostname } = new URL(address);
	if ((await isPublicHost(hostname)) || !(await isPublicHost(apiHost))) return undefined;
	return `Kling cannot reach ${hostname}: it is an address inside your own machine or network`;
}
