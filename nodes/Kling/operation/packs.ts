import { hasEnded, readPacks, type Pack } from '../api/account';
import type { KlingClient } from '../api/client';
import type { Problem } from '../api/reply';
import { adviceOf } from './advice';

/** Kling's code for an empty pack, which comes with HTTP 429. */
const EMPTY = '1102';
const MOST_NAMED = 5;

/** One look for all items of a run, as each of them meets the same. */
const looks = new WeakMap<KlingClient, Promise<string | undefined>>();

/** An empty balance names the packs of the account, where Kling shows them. */
export async function withPacks(client: KlingClient, problem: Problem): Promise<Problem> {
	if (problem.code !== EMPTY) return problem;
	const look = looks.get(client) ?? describePacks(client);
	looks.set(client, look);
	const packs = await look;
	return packs === undefined ? problem : { ...problem, advice: `${adviceOf(problem)} ${packs}` };
}

async function describePacks(client: KlingClient): Promise<string | undefined> {
	const reply = await readPacks(client);
	if (!reply.ok || reply.value.packs.length === 0) return undefined;
	const { packs } = reply.value;
	const living = packs.filter((pack) => !hasEnded(pack) || pack.status.toLowerCase() === 'runout');
	return `The account has: ${living.slice(0, MOST_NAMED).map(inWords).join('; ')}.`;
}

function inWords({ name, id, remaining, total, expiresAt }: Pack): string {
	const left = [remaining, total].map((units) => units ?? '?').join(' of ');
	const until = expiresAt === undefined ? '' : `, until ${expiresAt.slice(0, 10)}`;
	return `${name ?? id ?? 'a pack'} (${left} units left${until})`;
}
