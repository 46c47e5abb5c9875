import { problemOf, valueOf } from '../support/answers.cjs';
import { ADDRESS, MOST, PUBLIC, type Page, openWebFile, to, web } from '../support/webPages.cjs';

test('a web file is opened as a stream with name, type and length', async () => {
	const { context } = web({
		[ADDRESS]: { headers: { 'content-type': 'Audio/MPEG; charset=x', 'content-length': '6' } },
	});
	const { stream, ...known } = valueOf(await openWebFile(context, ADDRESS, PUBLIC, MOST));
	expect(known).toEqual({ name: 'trial.mp3', mimeType: 'audio/mpeg', sizeBytes: 6 });
	expect(stream.destroyed).toBe(false);
});

test('a web file is requested without the API key and without automatic redirects', async () => {
	const { context, asked } = web({ [ADDRESS]: {} });
	await openWebFile(context, ADDRESS, PUBLIC, MOST);
	expect(asked[0]).toMatchObject({
		method: 'GET',
		disableFollowRedirect: true,
		ignoreHttpStatusErrors: true,
		encoding: 'stream',
		// Packed, the file would not have the size that is announced.
		headers: { 'Accept-Encoding': 'identity' },
	});
	expect(JSON.stringify(asked[0]?.headers ?? {})).not.toMatch(/authorization/i);
});

test.each([
	['audio.mp3', 'https://example.com/a/audio.mp3'],
	['CLIP.WAV', 'https://example.com/CLIP.WAV?x=1#y'],
	[undefined, 'https://example.com/'],
	[undefined, 'https://example.com'],
	[undefined, 'https://example.com/trial'],
	[undefined, 'https://example.com/trial.'],
	[undefined, 'https://example.com/a%2Fb.mp3'],
	[undefined, 'https://example.com/voix%20%C3%A9.mp3'],
	[undefined, 'https://example.com/a;b.mp3'],
	[undefined, 'https://example.com/trial.mp3/'],
])('a web file gets the name %s from %s', async (name, address) => {
	const { context } = web({ [new URL(address).href]: {}, [address]: {} });
	expect(valueOf(await openWebFile(context, address, PUBLIC, MOST)).name).toBe(name);
});

test.each([
	['6', 6],
	['0', 0],
	[undefined, undefined],
	['many', undefined],
	['6, 6', undefined],
	['1.5', undefined],
])('a web file with the length header %j has the length %j', async (length, sizeBytes) => {
	const { context } = web({ [ADDRESS]: { headers: { 'content-length': length } } });
	expect(valueOf(await openWebFile(context, ADDRESS, PUBLIC, MOST)).sizeBytes).toBe(sizeBytes);
});

test.each([
	'ftp://example.com/a.mp3',
	'file:///etc/passwd',
	'data:audio/mpeg;base64,AAAA',
	'javascript:alert(1)',
	'//example.com/a.mp3',
	'a.mp3',
	'',
	'https://',
])('a web file at "%s" is never requested', async (address) => {
	const { context, asked } = web({});
	const problem = problemOf(await openWebFile(context, address, PUBLIC, MOST));
	expect(problem.what).toContain('is not an address');
	expect(asked).toEqual([]);
});

const INSIDE = [
	'http://169.254.169.254/latest/meta-data',
	'http://localhost:5678/rest/settings',
	'http://[::1]/',
	'http://[::ffff:127.0.0.1]/',
	'http://2130706433/',
	'http://redis/',
	'http://10.0.0.1/a.mp3',
];

test.each(INSIDE)(
	'a web file at %s is not requested, directly or by a redirect',
	async (address) => {
		const direct = web({ [address]: {} });
		const refused = problemOf(await openWebFile(direct.context, address, PUBLIC, MOST));
		expect(refused.what).toContain('inside your own machine or network');
		expect(direct.asked).toEqual([]);
		const led = web({ [ADDRESS]: to(address), [address]: {} });
		problemOf(await openWebFile(led.context, ADDRESS, PUBLIC, MOST));
		expect(led.urls()).toEqual([ADDRESS]);
		expect(led.opened[0]?.destroyed).toBe(true);
	},
);

test.each(INSIDE)(
	'a web file at %s may be requested when the API itself is inside',
	async (address) => {
		// What is asked for is what was checked.
		const { context } = web({ [new URL(address).href]: {} });
		valueOf(await openWebFile(context, address, '127.0.0.1'));
	},
);

test.each([
	['https://cdn.example.com/b.mp3', 'https://cdn.example.com/b.mp3'],
	['//cdn.example.com/b.mp3', 'https://cdn.example.com/b.mp3'],
	['/b.mp3', 'https://files.example.com/b.mp3'],
	['b.mp3', 'https://files.example.com/voices/b.mp3'],
	['?next=1', 'https://files.example.com/voices/trial.mp3?next=1'],
])('a redirect of a web file to %s leads to %s', async (location, next) => {
	const { context, urls } = web({ [ADDRESS]: to(location), [next]: {} });
	valueOf(await openWebFile(context, ADDRESS, PUBLIC, MOST));
	expect(urls()).toEqual([ADDRESS, next]);
});

test.each([301, 302, 303, 307, 308])(
	'a web file answered with HTTP %i is redirected',
	async (status) => {
		const { context, opened } = web({
			[ADDRESS]: to('/b.mp3', status),
			'https://files.example.com/b.mp3': {},
		});
		valueOf(await openWebFile(context, ADDRESS, PUBLIC, MOST));
		expect(opened.map((stream) => stream.destroyed)).toEqual([true, false]);
	},
);

test.each(['file:///etc/passwd', 'data:audio/mpeg;base64,AAAA', 'gopher://x/'])(
	'a redirect of a web file to %s is refused',
	async (location) => {
		const { context, urls } = web({ [ADDRESS]: to(location) });
		const { what } = problemOf(await openWebFile(context, ADDRESS, PUBLIC, MOST));
		expect(what).toContain('is not an address');
		expect(urls()).toEqual([ADDRESS]);
	},
);

test('a web file may be redirected four times, but not five', async () => {
	const hop = (number: number) => `https://files.example.com/${number}`;
	const pages = Object.fromEntries([0, 1, 2, 3, 4].map((at) => [hop(at), to(hop(at + 1))]));
	const endless = web({ ...pages, [hop(5)]: {} });
	const { what } = problemOf(await openWebFile(endless.context, hop(0), PUBLIC, MOST));
	expect(what).toBe('files.example.com redirects too many times');
	expect(endless.asked).toHaveLength(5);
	valueOf(await openWebFile(web({ ...pages, [hop(5)]: {} }).context, hop(1), PUBLIC, MOST));
});

test.each<[string, Page, string]>([
	['404', { status: 404 }, 'files.example.com answered HTTP 404'],
	['500', { status: 500 }, 'files.example.com answered HTTP 500'],
	['403 with a location', to('/b.mp3', 403), 'files.example.com answered HTTP 403'],
	['a redirect to nowhere', { status: 302 }, 'files.example.com answered HTTP 302'],
	['two locations', to(['/a', '/b']), 'files.example.com answered HTTP 302'],
	['no stream', { body: 'text' }, 'files.example.com answered HTTP 200'],
])('a web file is refused and its body closed: %s', async (_, page, what) => {
	const { context, opened } = web({ [ADDRESS]: page });
	const problem = problemOf(await openWebFile(context, ADDRESS, PUBLIC, MOST));
	expect(problem).toMatchObject({ what, cause: 'unreachable', retry: 'never' });
	if (page.body === undefined) expect(opened[0]?.destroyed).toBe(true);
});

test('a web file without an answer gives a problem in words, without the query', async () => {
	const { what } = problemOf(await openWebFile(web({}).context, ADDRESS, PUBLIC, MOST));
	expect(what).toBe('No answer from files.example.com: connect ECONNREFUSED');
});

// The query of a storage address is as good as a key, and such an address may be wrong in its scheme alone.
it('a web file that is refused is named without its query', async () => {
	const { context } = web({ [ADDRESS]: to('s3://bucket/a.mp3?X-Amz-Signature=secret') });
	const problem = problemOf(await openWebFile(context, ADDRESS, PUBLIC, MOST));
	expect(JSON.stringify(problem)).not.toContain('secret');
});
