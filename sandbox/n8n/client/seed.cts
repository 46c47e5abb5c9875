import fs from 'node:fs';
import path from 'node:path';
import { cached, cacheKey } from '../install/cache.cjs';
import { startN8n } from '../process/instance.cjs';
import { type Login, N8nRest } from './rest.cjs';

/** Of every n8n here. It listens on loopback only, so the password guards nothing that its user could not reach. */
export const OWNER: Login = { email: 'owner@example.com', password: 'Kling-sandbox-1' };

/** What n8n wrote down for itself about one process of it. */
const LEFT_BEHIND = /\.log$|crash\.journal$/;

/**
 * A user folder whose database is migrated and has the owner. n8n would need 20 seconds for that at every first start,
 * so it is done once per machine and copied. The copies share encryption key and instance id, which is no more than
 * what a backup that was played back does: the instances know nothing of each other, and the key guards what only this
 * machine's user can read.
 */
export async function seed(say: (line: string) => void, signal?: AbortSignal): Promise<string> {
	return await cached(`seed-${cacheKey()}`, async (draft) => {
		say('Preparing n8n’s database, once per machine …');
		const n8n = await startN8n({
			userFolder: draft,
			withPackage: false,
			...(signal ? { signal } : {}),
		});
		try {
			await N8nRest.login(n8n.address, OWNER);
		} finally {
			await n8n.stop();
		}
	});
}

/** @param userFolder becomes a copy of the seed; must not be there yet, or be empty */
export async function makeUserFolder(
	userFolder: string,
	say: (line: string) => void,
	signal?: AbortSignal,
): Promise<void> {
	fs.cpSync(await seed(say, signal), userFolder, {
		recursive: true,
		filter: (file) => !LEFT_BEHIND.test(path.basename(file)),
	});
}
