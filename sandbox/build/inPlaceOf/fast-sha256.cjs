const { createHmac } = require('crypto');

/**
 * What `standardwebhooks` uses of `fast-sha256`.
 * @param {Uint8Array} key
 * @param {Uint8Array} data
 */
const hmac = (key, data) => createHmac('sha256', key).update(data).digest();

module.exports = { hmac };
