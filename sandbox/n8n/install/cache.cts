import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** What decides which n8n is installed; npm reads both. */
export const MANIFESTS = ['package.json', 'package-lock.json'];

/** An installation takes minutes; what is older than this was left by one that did not end well. */
const ABANDONED_MS = 2 * 60 * 60_000;

/** Where everything is kept that is too big, or too slow to make, for every start; outside the package. */
export function cacheFolder(): string {
	const { XDG_CACHE_HOME: wanted = '' } = process.env;
	// The standard says to ignore a relative one.
	const home = path.isAbsolute(wanted) ? wanted : path.join(os.homedir(), '.cache');
	return path.join(home, 'n8n-nodes-kling-voice');
}

/** The bundled Node is for this one; elsewhere n8n runs on the Node that runs us. */
export const HAS_OWN_NODE = process.platform === 'linux' && process.arch === 'x64';

/** Another lock file, or another machine's native modules, means another installation. */
export function cacheKey(): string {
	const hash = createHash('sha256');
	for (const file of MANIFESTS) hash.update(fs.readFileSync(path.join(__dirname, file)));
	hash.update(`${process.platform} ${process.arch}`);
	if (!HAS_OWN_NODE) hash.update(process.versions.modules);
	return hash.digest('hex').slice(0, 12);
}

/**
 * Has a folder of the cache made beside its place, and moves it there when it is complete: one that was interrupted
 * is never taken for whole, and two that are made at the same time do not meet.
 * @param make fills the empty folder it is given
 */
export async function cached(
	name: string,
	make: (folder: string) => Promise<void>,
): Promise<string> {
	const place = path.join(cacheFolder(), name);
	if (fs.existsSync(place)) return place;
	fs.mkdirSync(cacheFolder(), { recursive: true });
	removeAbandoned();
	const draft = fs.mkdtempSync(`${place}.draft-`);
	try {
		await make(draft);
		fs.renameSync(draft, place);
	} catch (error) {
		fs.rmSync(draft, { recursive: true, force: true, maxRetries: 5 });
		// Another process was faster; what is there is as good as ours.
		if (!fs.existsSync(place)) throw error;
	}
	return place;
}

/** The process that made a draft may have been killed before it could tidy up, and n8n has 3 GB. */
function removeAbandoned(): void {
	for (const name of fs.readdirSync(cacheFolder())) {
		const folder = path.join(cacheFolder(), name);
		if (!name.includes('.draft-')) continue;
		const age = Date.now() - fs.statSync(folder).mtimeMs;
		if (age > ABANDONED_MS) fs.rmSync(folder, { recursive: true, force: true });
	}
}
