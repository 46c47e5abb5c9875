/** Names that mean something only inside one machine or network. Sources: RFC 6761, 6762, 8375, 9476; ICANN's list of names that are never given out. */
const INSIDE_SUFFIXES = [
	'localhost local localdomain internal intranet intra private priv lan home corp mail home.arpa arpa',
	'test invalid alt onion i2p workgroup domain svc cluster pod consul node fritz.box speedport.ip',
	// Public names that lead to the machine itself.
	'localtest.me lvh.me vcap.me lacolhost.com localho.st local.gd localhost.direct',
	'127-0-0-1.org.uk yoogle.com smackaho.st 42foo.com xip.name',
	// Names that change what they lead to.
	'rbndr.us 1u.ms',
].flatMap((names) => names.split(' '));

/** Public names that carry an address. */
const CARRIERS = 'nip.io sslip.io xip.io traefik.me plex.direct backname.io local-ip.co'.split(' ');

const below = (name: string, suffix: string) => name === suffix || name.endsWith(`.${suffix}`);

/**
 * What a name tells by itself about where it leads.
 * @param name in lower case, without a dot at its end
 * @returns `true` when inside; the addresses that it carries; `undefined` when it tells nothing
 */
export function insideByName(name: string): true | string[] | undefined {
	const carrier = CARRIERS.find((suffix) => below(name, suffix));
	if (carrier !== undefined) return addressesIn(name.slice(0, -carrier.length).replace(/\.$/, ''));
	const isName = !name.includes(':');
	if (isName && (!name.includes('.') || INSIDE_SUFFIXES.some((suffix) => below(name, suffix)))) {
		return true;
	}
	return undefined;
}

/** As in `app.10.0.0.1.nip.io`, `10-0-0-1.sslip.io`, `0a000001.nip.io`, `2a01-4f8--2.sslip.io`. */
function addressesIn(labels: string): string[] {
	const dotted = [...labels.matchAll(/(?<!\d)\d{1,3}(?:[.-]\d{1,3}){3}(?!\d)/g)].map(([found]) =>
		found.replaceAll('-', '.'),
	);
	const hex = [...labels.matchAll(/(?<![\da-z])[\da-f]{8}(?![\da-z])/g)].map(([found]) =>
		[0, 2, 4, 6].map((at) => parseInt(found.slice(at, at + 2), 16)).join('.'),
	);
	const last = labels.split('.').at(-1) ?? '';
	const wide = /^[\da-f-]*--?[\da-f-]*$/.test(last) && dotted.length === 0 ? [last] : [];
	return [...dotted, ...hex, ...wide.map((found) => found.replaceAll('-', ':'))];
}
