import fc from 'fast-check';
import { isPublicHost, unreachableReason } from '../../nodes/Kling/media/reachable';

const API = 'www.kkiai.com';

const INSIDE = [
	...[
		'localhost',
		'LOCALHOST',
		'localhost.',
		'app.localhost',
		'nas',
		'foo.local',
		'Foo.Local',
		'foo.local.',
	],
	...['n8n.internal', 'router.lan', 'box.home.arpa', 'a.test', 'a.invalid'],
	...['127.0.0.1', '127.9.9.9', '10.0.0.1', '10.255.255.255', '192.168.1.10', '172.16.0.1'],
	...['172.31.255.255', '169.254.169.254', '0.0.0.0', '100.64.0.1', '224.0.0.1', '255.255.255.255'],
	...['127.1', '2130706433', '0x7f.0.0.1', '017700000001'],
	...[
		'[::1]',
		'[::]',
		'[fd00::1]',
		'[fc00::1]',
		'[fe80::1]',
		'[::ffff:10.0.0.1]',
		'[::ffff:7f00:1]',
	],
];

INSIDE.push(
	...['127.0.0.1.nip.io', 'app.10.0.0.1.nip.io', '10-0-0-1.sslip.io', '0a000001.nip.io', 'nip.io'],
	...['app.nip.io', '--1.sslip.io', 'x.169.254.169.254.xip.io', 'a.localtest.me', 'lvh.me'],
	...['vault.svc', 'api.default.svc.cluster.local', 'nas.home', 'wiki.corp', 'a.localdomain'],
	...['db.intranet', 'x.private', 'host.docker.internal', 'metadata.google.internal'],
	...['8.8.8.8.10.0.0.1.nip.io', '7f000001.c0a80001.rbndr.us'],
	...['1２7.0.0.1', 'ⓛocalhost', '0177.1', '0', '127.0.0.1.', 'LOCALHOST..'.slice(0, 10)],
	...['168.63.129.16', '100.100.100.200', '198.18.0.1', '192.0.0.192'],
	...['[::127.0.0.1]', '[64:ff9b::10.0.0.1]', '[2002:7f00:1::]', '[fec0::1]', '[::ffff:0:7f00:1]'],
);

const OUTSIDE = [
	...['8.8.8.8.nip.io', 'n8n.93-184-216-34.sslip.io', '08080808.nip.io'],
	...['2606-4700--1111.sslip.io', 'homes.com', 'mycorp.com', 'a.ts.net'],
	...[
		'example.com',
		'files.example.com',
		'www.kkiai.com',
		'example.com.',
		'locals.com',
		'mylocalhost.com',
	],
	...[
		'test.example.com',
		'8.8.8.8',
		'1.1.1.1',
		'172.15.0.1',
		'172.32.0.1',
		'192.167.1.1',
		'11.0.0.1',
	],
	...['[2606:4700:4700::1111]', '[::ffff:8.8.8.8]', 'xn--fiqs8s.cn', '例子.cn'],
];

test.each(INSIDE)('the host %s counts as not reachable by Kling', async (host) => {
	const { hostname } = new URL(`http://${host}:5678/a.mp3`);
	expect(await isPublicHost(hostname)).toBe(false);
	expect(await unreachableReason(`http://${host}:5678/a.mp3`, API)).toBe(
		`Kling cannot reach ${hostname}: it is an address inside your own machine or network`,
	);
});

test.each(OUTSIDE)('the host %s counts as reachable by Kling', async (host) => {
	expect(await isPublicHost(new URL(`http://${host}/`).hostname)).toBe(true);
	expect(await unreachableReason(`http://${host}/a.mp3`, API)).toBeUndefined();
});

test.each(['::1', 'fd00::', '2606:4700::1'])(
	'the host %s is judged without brackets',
	async (host) => {
		expect(await isPublicHost(host)).toBe(await isPublicHost(`[${host}]`));
	},
);

test.each(['127.0.0.1', 'localhost', '[::1]', '192.168.1.2', 'gateway', 'gateway.lan'])(
	'an API at %s counts as able to reach every host',
	async (apiHost) => {
		for (const host of [...INSIDE, ...OUTSIDE]) {
			expect(await unreachableReason(`http://${host}/a.mp3`, apiHost)).toBeUndefined();
		}
	},
);

test('no private IPv4 address counts as reachable, not even in its IPv6 form', async () => {
	const byte = fc.integer({ min: 0, max: 255 });
	const address = fc.oneof(
		fc.tuple(fc.constantFrom(10, 127), byte, byte, byte),
		fc.tuple(fc.constant(192), fc.constant(168), byte, byte),
		fc.tuple(fc.constant(172), fc.integer({ min: 16, max: 31 }), byte, byte),
		fc.tuple(fc.constant(169), fc.constant(254), byte, byte),
	);
	await fc.assert(
		fc.asyncProperty(address, async (bytes) => {
			const host = bytes.join('.');
			expect(await isPublicHost(host)).toBe(false);
			expect(await isPublicHost(new URL(`http://[::ffff:${host}]`).hostname)).toBe(false);
		}),
	);
});

test('every web address is judged without an error', async () => {
	await fc.assert(
		fc.asyncProperty(
			fc.webUrl({ authoritySettings: { withIPv4: true, withIPv6: true, withPort: true } }),
			async (url) => {
				const reason = await unreachableReason(url, API);
				expect(reason === undefined).toBe(await isPublicHost(new URL(url).hostname));
			},
		),
	);
});
