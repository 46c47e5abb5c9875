const BASE64 = /^[\w+/]{2,}={0,2}$/;

/**
 * What `standardwebhooks` uses of `@stablelib/base64`.
 * @param {string} text
 * @throws where it is no Base64, which Node's own reader would skip
 */
function decode(text) {
	if (text === '') return new Uint8Array(0);
	if (text.length < 4 || text.includes('_') || !BASE64.test(text)) {
		throw new Error('Base64 with incorrect characters or padding');
	}
	return Uint8Array.from(Buffer.from(text, 'base64'));
}

/** @param {Uint8Array} bytes */
const encode = (bytes) => Buffer.from(bytes).toString('base64');

module.exports = { decode, encode };
