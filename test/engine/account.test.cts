import { errorOf, rowsOf, runKling, useSandbox, VOICE } from '../support/engine/kling.cjs';

const official = useSandbox({ prefix: '' });
const parameters = { resource: 'account', operation: 'get' };

describe('Account: Get at Kling', () => {
	it('gives the usable packs, and how many units they have left', async () => {
		const [row] = await rowsOf(official(), { parameters });
		expect(row).toMatchObject({
			remaining_units: 1000,
			packages: [
				{
					package_name: 'Sandbox pack',
					status: 'online',
					total_units: 1000,
					remaining_units: 1000,
				},
				{ package_name: 'Sandbox month', status: 'toBeOnline' },
			],
		});
	});

	it('gives ended packs only when asked for', async () => {
		const [row] = await rowsOf(official(), {
			parameters: { ...parameters, options: { includeEnded: true } },
		});
		expect(row?.packages).toHaveLength(4);
	});

	it('gives what Kling sent with Simplify off', async () => {
		const [row] = await rowsOf(official(), { parameters: { ...parameters, simplify: false } });
		expect(row).toHaveProperty('resource_pack_subscribe_infos');
	});

	it('has its packs named in the error of a create with an empty balance', async () => {
		official().options.packUnits = 0;
		const run = await runKling(official(), { parameters: VOICE });
		official().options.packUnits = undefined;
		expect(errorOf(run)).toContain('The account has: Sandbox pack (0 of 0 units left');
	});
});

describe('Account: Get at a gateway', () => {
	const gateway = useSandbox();

	it('gives the usage of the key', async () => {
		const [row] = await rowsOf(gateway(), { parameters });
		expect(row).toMatchObject({
			key_name: 'sandbox',
			total_available: expect.any(Number) as number,
		});
	});

	it('gives the packs where the gateway knows nothing of the key', async () => {
		gateway().options.routes.usage = false;
		const [row] = await rowsOf(gateway(), { parameters });
		expect(row).toHaveProperty('packages');
		gateway().options.routes.costs = false;
		const run = await runKling(gateway(), { parameters });
		expect(errorOf(run)).toContain('does not offer');
	});
});
