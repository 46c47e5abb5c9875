import { insideByName } from './insideNames';

/** Azure's own services, for the machines that run there; the range around it is public. */
const INSIDE_ADDRESSES = new Set(['168.63.129.16']);

/**
 * Whether Kling's servers can be expected to reach a host. Nothing is looked up: a public name may still
 * point nowhere, but a loopback, private or undotted one never works from outside.
 * @param host as in `URL.hostname`, IPv6 in brackets or not
 */
export async function isPublicHost(host: string): Promise<boolean> {
	const name = host.toLowerCase().replace(/^\[|\]$|\.+$/g, '');
	const inside = insideByName(name);
	if (inside === true) return false;
	const addresses = inside ?? [name];
	const judged = await Promise.all(addresses.map(isPublicAddress));
	return inside === undefined ? judged[0] !== false : judged.length > 0 && !judged.includes(false);
}

/** @returns `undefined` for a name */
async function isPublicAddress(text: string): Promise<boolean | undefined> {
	const { default: ipaddr } = await import('ipaddr.js');
	if (!ipaddr.isValid(text)) return undefined;
	const address = ipaddr.process(text);
	if (address.range() !== 'unicast' || INSIDE_ADDRESSES.has(address.toString())) return false;
	// Of IPv6, only this range is given out; an old spelling of IPv4 lies outside of it.
	return address.kind() === 'ipv4' || /^[23]...:/.test(address.toNormalizedString());
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
