// Run by n8n's own Node while n8n itself does not run: gives the owner of a database another password, which comes by
// standard input, as arguments and environment can be seen by others. Prints the owner's e-mail address.
const { readFileSync } = require('node:fs');
const { createRequire } = require('node:module');

const [database = '', n8n = ''] = process.argv.slice(2);
const requireAsN8n = createRequire(n8n);
const { hashSync } = requireAsN8n('bcryptjs');
// Unknown to the older Node that the rest of the repository also runs on.
const { DatabaseSync } = requireAsN8n('node:sqlite');

const db = new DatabaseSync(database);
// An n8n that was killed may have left its journal behind, which is played back first.
db.exec('PRAGMA busy_timeout = 5000');
const isOwner = "roleSlug = 'global:owner'";
const password = hashSync(readFileSync(0, 'utf8'), 10);
const { changes } = db.prepare(`UPDATE user SET password = ? WHERE ${isOwner}`).run(password);
if (changes !== 1) throw new Error(`${database} has ${changes} owners`);
process.stdout.write(db.prepare(`SELECT email FROM user WHERE ${isOwner}`).get().email);
db.close();
