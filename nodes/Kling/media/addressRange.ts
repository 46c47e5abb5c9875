import ipaddr from 'ipaddr.js';

/** A file of its own in `dist`, loaded when it is needed: its tables are a fifth of what n8n would load at its start. */

/**
 * Which range an IP address is in, e.g. `unicast` (public), `private`, `loopback`.
 * @returns `undefined` for a host that is not an IP address
 */
export function rangeOf(host: string): string | undefined {
	return ipaddr.isValid(host) ? ipaddr.process(host).range() : undefined;
}
