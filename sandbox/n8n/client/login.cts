import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import type { Installed } from '../install/index.cjs';
import type { Login } from './restTypes.cjs';

const FILE = 'login.json';

const SET_PASSWORD = path.join(__dirname, 'setPassword.cjs');

/** One that nobody can guess. n8n asks for a capital letter and a digit. */
export function newLogin(): Login {
	return { email: 'owner@example.com', password: `K1-${randomBytes(18).toString('base64url')}` };
}

export const loginFile = (userFolder: string): string => path.join(userFolder, FILE);

/**
 * The login of a user folder, which only its user can read. A folder that has none gets a new password first, whatever
 * it had: one that an older version made, or a copy of the seed. n8n must not run.
 * @throws in words when the database cannot be changed
 */
export function loginOf(userFolder: string, n8n: Pick<Installed, 'node' | 'n8n'>): Login {
	const file = loginFile(userFolder);
	if (fs.existsSync(file)) {
		fs.chmodSync(file, 0o600);
		return JSON.parse(fs.readFileSync(file, 'utf8')) as Login;
	}
	const { password } = newLogin();
	const login = { email: setPassword(userFolder, password, n8n), password };
	fs.writeFileSync(file, JSON.stringify(login), { mode: 0o600, flag: 'wx' });
	return login;
}

/** @returns the owner's e-mail address */
function setPassword(
	userFolder: string,
	password: string,
	{ node, n8n }: Pick<Installed, 'node' | 'n8n'>,
): string {
	const database = path.join(userFolder, '.n8n/database.sqlite');
	const { status, stdout, stderr } = spawnSync(node, [SET_PASSWORD, database, n8n], {
		input: password,
		encoding: 'utf8',
	});
	if (status === 0) return stdout;
	throw new Error(`The password of ${userFolder} could not be set:\n${stderr}`);
}
