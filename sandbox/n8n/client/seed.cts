import fs from 'node:fs';
import path from 'node:path';
import { cached, cacheKey } from '../install/cache.cjs';
import { startN8n } from '../process/instance.cjs';
import { newLogin } from './login.cjs';
import { N8nRest } from './rest.cjs';

/** What n8n wrote down for itself about one process of it. */
const LEFT_BEHIND = /\.log$|crash\.journal$/;

/**
 * A user folder whose database is migrated and has an owner, whose password nobody keeps. n8n would need 20 seconds for that at every first start,
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
			await N8nRest.login(n8n.address, newLogin());
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
