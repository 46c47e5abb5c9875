import { randomBytes } from 'node:crypto';
import { createRequire } from 'node:module';

import * as ownBase64 from '../../sandbox/build/inPlaceOf/base64.cjs';
import * as ownSha256 from '../../sandbox/build/inPlaceOf/fast-sha256.cjs';

/** The libraries that `standardwebhooks` itself has. */
const requireOf = createRequire(require.resolve('standardwebhooks'));
const base64 = requireOf('@stablelib/base64') as typeof ownBase64;
const sha256 = requireOf('fast-sha256') as {
	hmac: (key: Uint8Array, data: Uint8Array) => Uint8Array;
};

const LENGTHS = Array.from({ length: 70 }, (_, length) => length);

function outcome(decode: (text: string) => Uint8Array, text: string): number[] | 'refused' {
	try {
		return [...decode(text)];
	} catch {
		return 'refused';
	}
}

test.each(LENGTHS)('keys and bodies of %i bytes are signed as fast-sha256 signs them', (length) => {
	const [key, data] = [randomBytes(length), randomBytes(length * 3)];
	expect([...ownSha256.hmac(key, data)]).toEqual([...sha256.hmac(key, data)]);
});

test.each(LENGTHS)('%i bytes are written and read as @stablelib/base64 does it', (length) => {
	const bytes = randomBytes(length);
	const text = base64.encode(bytes);
	expect(ownBase64.encode(bytes)).toBe(text);
	expect([...ownBase64.decode(text)]).toEqual([...bytes]);
	const bare = text.replace(/=+$/, '');
	expect(outcome(ownBase64.decode, bare)).toEqual(outcome(base64.decode, bare));
});

test.each([
	'a',
	'ab',
	'abc',
	'ab==',
	'abc=',
	'a===',
	'====',
	'ab-d',
	'ab_d',
	'a b d',
	'abcdä123',
	'ab\nd',
])('the secret %j is read or refused as @stablelib/base64 does it', (text) => {
	expect(outcome(ownBase64.decode, text)).toEqual(outcome(base64.decode, text));
});
