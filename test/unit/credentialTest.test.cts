import type { IDataObject, INode, INodeTypes } from 'n8n-workflow';
import { Workflow } from 'n8n-workflow';
import fc from 'fast-check';
import { TEST_RULES, TEST_URL } from '../../nodes/Kling/api/credentialTest';
import { baseUrlOf } from '../../nodes/Kling/api/gateway';

const PRESETS = '/v1/general/presets-voices?pageNum=1&pageSize=1';

const node: INode = {
	id: '1',
	name: 'Credential test',
	type: 'test',
	typeVersion: 1,
	position: [0, 0],
	parameters: {},
};
const noTypes = {
	getByName: () => undefined,
	getByNameAndVersion: () => undefined,
	getKnownTypes: () => ({}),
} as unknown as INodeTypes;
const workflow = new Workflow({
	nodes: [node],
	connections: {},
	active: false,
	nodeTypes: noTypes,
});

/** What n8n itself makes of the expression; it gives credential tests `$credentials` and little else. */
function testUrl($credentials: IDataObject): string {
	const additional = { $credentials };
	return String(
		workflow.expression.getSimpleParameterValue(node, TEST_URL, 'internal', additional),
	);
}

test.each([
	['kkiai', 'https://www.kkiai.com/api/usage/token/'],
	['klingGlobal', `https://api-singapore.klingai.com${PRESETS}`],
	['klingChina', `https://api-beijing.klingai.com${PRESETS}`],
])('the credential test of the provider %s goes to its own address', (provider, expected) => {
	expect(testUrl({ provider })).toBe(expected);
	expect(testUrl({ provider, baseUrl: 'https://ignored.example.com' })).toBe(expected);
});

test.each([
	'https://api.example.com/kling',
	'https://api.example.com/kling/',
	'https://api.example.com/kling//',
	'https://api.example.com/kling/v1',
	'https://api.example.com/kling/V1/',
	'https://api.example.com/kling//v1//',
	' https://api.example.com/v1 \n',
	'api.example.com/kling/v1',
	'localhost:5678',
	'http://127.0.0.1:4010/kling/v1/',
	'http://[::1]:4010/kling',
	'HTTPS://API.Example.com:443/Kling',
	'https://api.example.com/api/v1/kling',
	'https://api.example.com/v10',
	'https://api.example.com/kling?from=docs',
	'https://api.example.com/kling/#custom-voices',
])('the credential test goes to the address of the node for the base URL %j', (baseUrl) => {
	expectSameAddress(baseUrl);
});

test('the credential test goes to the address of the node for any base URL', () => {
	const part = fc.oneof(
		fc.constantFrom('kling', 'v1', 'V1', '', 'api', "it's"),
		fc.webSegment().filter(isName),
	);
	const baseUrl = fc
		.tuple(
			fc.constantFrom('https://', 'http://', 'HTTP://', ''),
			fc.webAuthority({ withPort: true, withIPv4: true, withIPv6: true }),
			fc.array(part, { maxLength: 4 }),
			fc.constantFrom('', '/', '//', '/v1', '/V1/', '/v1//'),
			fc.constantFrom('', ' ', '\n', '\t '),
		)
		.map(([scheme, host, parts, end, blank]) =>
			[blank, scheme, host, ...parts.map((text) => `/${text}`), end, blank].join(''),
		);
	fc.assert(fc.property(baseUrl, expectSameAddress), { numRuns: 500 });
});

/** Nobody's base URL has `.` or `..` in its path, in whatever spelling. */
function isName(segment: string): boolean {
	return !/^(\.|%2e){1,2}$/i.test(segment);
}

function expectSameAddress(baseUrl: string): void {
	const credentials = { provider: 'custom', baseUrl };
	expect(new URL(testUrl(credentials)).href).toBe(new URL(baseUrlOf(credentials) + PRESETS).href);
}

describe('The rules of the credential test', () => {
	/** n8n declares a list of one kind, but the rules are of two. */
	const rules = TEST_RULES as { type: string; properties: { value: unknown; message: string } }[];
	const ofType = (wanted: string) =>
		rules.filter(({ type }) => type === wanted).map(({ properties }) => properties);

	test('have words for every status that refuses', () => {
		expect(ofType('responseCode').map(({ value }) => value)).toEqual([401, 403, 404, 429]);
	});

	test('find a wrong key behind HTTP 200', () => {
		expect(ofType('responseSuccessBody')).toEqual(
			expect.arrayContaining([
				expect.objectContaining({ key: 'success', value: false }),
				expect.objectContaining({ key: 'code', value: 1002 }),
			]),
		);
	});

	test('say what to do', () => {
		expect(rules.length).toBeGreaterThan(8);
		for (const { properties } of rules) expect(properties.message).toMatch(/^[A-Z].{20,}\.$/);
	});
});
