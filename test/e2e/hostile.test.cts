import { OBSERVED } from '../../bench/real/usage.cjs';
import { type Ready, startReady } from '../../sandbox/n8n/process/ready.cjs';
import {
	type Scale,
	type Siege,
	forgedAtTrigger,
	grownMb,
	hugeAtPause,
	lay,
	memoryOf,
	slowAtTrigger,
	strangersAtPause,
} from '../support/e2e/siege.cjs';

/** `npm run bench -- realHostile` takes a minute of each. */
const SCALE: Scale = { seconds: 15, connections: 100, genuine: 10 };

/** MB that n8n may keep of an attack. */
const KEPT_MB = 50;

let ready: Ready;
let siege: Siege;

beforeAll(async () => {
	ready = await startReady({ sandbox: { fetchClips: false }, env: OBSERVED });
	siege = await lay(ready);
}, 300_000);

afterAll(async () => await ready.close());

/** Pages that the process gave back to the system between two attacks are no growth when it takes them again. */
let mostAtRest = 0;

/** Runs an attack. @returns what it gave, once n8n has been seen to run and to have its memory back */
async function survived<T>(attack: () => Promise<T>): Promise<T> {
	const { resident, heap } = await memoryOf(siege);
	mostAtRest = Math.max(mostAtRest, resident);
	const before = { resident: mostAtRest, heap };
	const result = await attack();
	const after = await memoryOf(siege);
	console.log(JSON.stringify({ result, before, after }));
	expect(grownMb(before, after)).toBeLessThan(KEPT_MB);
	return result;
}

test('n8n survives eleven calls of 12 MB with a huge ID at the address of a paused execution', async () => {
	const { statuses, ended } = await survived(async () => await hugeAtPause(siege));
	// n8n may cut one off while it is being sent.
	expect(['0', '200', '413']).toEqual(expect.arrayContaining(Object.keys(statuses)));
	expect(ended).toBe('success');
});

test('strangers at the address of a paused execution cause one read a second, and it still resumes', async () => {
	const facts = await survived(async () => await strangersAtPause(siege, SCALE));
	expect(facts.readsPerSecond).toBeLessThanOrEqual(1.2);
	expect(facts.ended).toBe('success');
});

test('forged callbacks at a Kling Trigger start nothing, cost few reads, and hide no genuine event', async () => {
	const facts = await survived(async () => await forgedAtTrigger(siege, SCALE));
	expect(facts).toMatchObject({ events: SCALE.genuine, forged: 0 });
	// The budget of strangers is full at the start and fills up, a poll asks every list; the bench counts what a flood costs.
	expect(facts.reads).toBeLessThanOrEqual(200 + 20 * SCALE.seconds);
});

test('a hundred slow connections cost n8n nothing behind the proxy of npm start', async () => {
	const facts = await survived(async () => await slowAtTrigger(siege, SCALE, true));
	expect(facts.answered).toBe(200);
	expect(facts.grownMb).toBeLessThan(KEPT_MB);
});

test('n8n survives a hundred slow connections, and has its heap back when they have gone', async () => {
	// Its isolated engines lie outside the heap, and the system gets their memory back when it needs it.
	const { heap } = await memoryOf(siege);
	const facts = await slowAtTrigger(siege, SCALE, false);
	expect((await memoryOf(siege)).heap - heap).toBeLessThan(KEPT_MB);
	// Meanwhile n8n itself may answer 503, before any code of ours runs.
	expect(facts.answeredAfter).toBe(200);
});
