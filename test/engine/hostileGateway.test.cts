import { createsAtHostileGateway } from '../support/hostileGateway.cjs';

jest.setTimeout(180_000);

it('A gateway that answers badly at random makes nothing twice, mixes up no voices, and each item keeps its IDs', async () => {
	const run = await createsAtHostileGateway(60, 20);
	expect(run).toMatchObject({ twice: 0, ofOthers: 0, nameless: 0 });
	expect(run.voices + run.errors).toBe(60);
	expect(run.voices).toBeGreaterThan(30);
	expect(run.longest).toBeLessThanOrEqual(2_000);
	expect(run.seconds).toBeLessThan(150);
});
