import { testUrl } from '../../nodes/Kling/api/credentialTest';
import { baseUrlOf, urlOf } from '../../nodes/Kling/api/gateway';

const PRESETS = '/v1/general/presets-voices?pageNum=1&pageSize=1';

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
	const { pathname, origin } = new URL(testUrl({ provider: 'custom', baseUrl }));
	const credentials = { provider: 'custom', baseUrl };
	expect(origin + pathname).toBe(urlOf(baseUrlOf(credentials), '/v1/general/presets-voices'));
});
