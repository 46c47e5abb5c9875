import type { IDataObject } from 'n8n-workflow';

import { outputOf, startWorkflow } from '../sandbox/engine/index.cjs';
import { credentialsFor } from '../sandbox/kling/connection.cjs';
import { startSandbox, type FaultRule } from '../sandbox/kling/server.cjs';
import type { Figure, Measurement } from './figure.cjs';
import { createWorkflow, itemsFor, VIDEOS, VOICES, type Product } from './workflows.cjs';

const ITEMS = 10_000;
const SHARE = 0.05;

/** Six ways in which a create goes wrong, 5 % each. */
const FAULTS: FaultRule[] = [
	{ on: 'create', kind: 'answerLost', probability: SHARE },
	{ on: 'create', kind: 'resetBefore', probability: SHARE },
	{ on: 'create', kind: 'errorBefore', status: 500, probability: SHARE },
	{ on: 'create', kind: 'errorAfter', status: 500, probability: SHARE },
	{ on: 'create', kind: 'rateLimited', probability: SHARE },
	{ on: 'create', kind: 'tooManyInFlight', probability: SHARE },
];

/** What the creates are sent to. */
interface Address {
	name: string;
	accounts: number;
	singleAccount: boolean;
}

const ADDRESSES: Address[] = [
	{ name: 'Kling itself', accounts: 1, singleAccount: true },
	{ name: 'a gateway with two accounts', accounts: 2, singleAccount: false },
];

/** Whether money is ever spent twice, or an item ends without a task and without a reason. */
const createdOnceOf =
	(product: Product): Measurement =>
	async (say) => {
		const figures: Figure[] = [];
		for (const address of ADDRESSES) figures.push(...(await measure(product, address, say)));
		return figures;
	};

export const createdOnce = createdOnceOf(VOICES);
export const videosCreatedOnce = createdOnceOf(VIDEOS);

async function measure(
	product: Product,
	{ name, accounts, singleAccount }: Address,
	say: (progress: string) => void,
): Promise<Figure[]> {
	const sandbox = await startSandbox({
		fetchClips: false,
		faults: FAULTS,
		recordRequests: false,
		accounts,
	});
	const what = `10,000 ${product.name}s`;
	say(`${what} at ${name}, 50 in flight, six kinds of faults at 5 % each`);
	const started = performance.now();
	const run = await startWorkflow(
		createWorkflow({ waitFor: 'none', maxConcurrency: 50 }, product),
		{
			credentials: { ...credentialsFor(sandbox), singleAccount },
			pinData: { Items: itemsFor(sandbox, ITEMS) },
		},
	).finished;
	const seconds = (performance.now() - started) / 1000;
	const rows = outputOf(run, 'Kling').map(({ json }) => json);
	const errors = outputOf(run, 'Kling', 1).map(({ json }) => json.error as IDataObject);
	const twice = sandbox.tasks.length - new Set(sandbox.tasks.map(product.nameOf)).size;
	const withTask = rows.filter(({ task_id: id }) => typeof id === 'string').length;
	const withReason = errors.filter(
		({ message }) => typeof message === 'string' && message !== '',
	).length;
	const lost = ITEMS - withTask - withReason;
	await sandbox.close();
	const others = `${String(withTask)} ${product.name}s, ${String(withReason)} named reasons`;
	say(`took ${seconds.toFixed(0)} s; ${others}`);
	return figuresOf(`${what} at ${name}`, product, { twice, lost, others });
}

function figuresOf(
	what: string,
	{ name }: Product,
	{ twice, lost, others }: { twice: number; lost: number; others: string },
): Figure[] {
	return [
		{
			what: `${what}, 5 % each of six faults: created twice`,
			goal: '0',
			measured: String(twice),
			met: twice === 0,
		},
		{
			what: `the same: items with neither a ${name} nor a reason`,
			goal: '0',
			measured: `${String(lost)} (${others})`,
			met: lost === 0,
		},
	];
}
