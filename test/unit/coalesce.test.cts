import { setImmediate as settle } from 'node:timers/promises';

import { coalesce } from '../../nodes/Kling/tasks/pause/coalesce';

let keys = 0;
const newKey = () => `turns-${(keys += 1)}`;

/** Looks that end when told to. */
function looks<T>() {
	const open: { give: (result: T | undefined) => void; fail: (error: Error) => void }[] = [];
	const look = async () =>
		await new Promise<T | undefined>((give, fail) => {
			open.push({ give, fail });
		});
	return { open, look };
}

test('coalesce gives the result of the look', async () => {
	await expect(coalesce(newKey(), async () => 'items')).resolves.toBe('items');
	await expect(coalesce(newKey(), async () => undefined)).resolves.toBeUndefined();
});

test('coalesce runs one look at a time for one key, and others side by side', async () => {
	const { open, look } = looks<string>();
	const key = newKey();
	void coalesce(key, look);
	void coalesce(key, look);
	await settle();
	expect(open).toHaveLength(1);
	void coalesce(newKey(), look);
	await settle();
	expect(open).toHaveLength(2);
});

test('coalesce looks once more for all callers that come during a look', async () => {
	const { open, look } = looks<string>();
	const key = newKey();
	const first = coalesce(key, look);
	await settle();
	const others = [coalesce(key, look), coalesce(key, look), coalesce(key, look)];
	await settle();
	open[0]?.give(undefined);
	await expect(first).resolves.toBeUndefined();
	await settle();
	expect(open).toHaveLength(2);
	open[1]?.give(undefined);
	await expect(Promise.all(others)).resolves.toEqual([undefined, undefined, undefined]);
	expect(open).toHaveLength(2);
});

test('coalesce serves callers that come before the look begins with the same look', async () => {
	const { open, look } = looks<string>();
	const key = newKey();
	const all = Array.from({ length: 100 }, async () => await coalesce(key, look));
	await settle();
	open[0]?.give(undefined);
	await Promise.all(all);
	expect(open).toHaveLength(1);
});

test('coalesce gives a result to one caller only, and looks no more', async () => {
	const { open, look } = looks<string>();
	const key = newKey();
	const first = coalesce(key, look);
	await settle();
	const late = coalesce(key, look);
	open[0]?.give('items');
	await expect(first).resolves.toBe('items');
	await expect(late).resolves.toBeUndefined();
	expect(open).toHaveLength(1);
});

test.each([[[]], [null], [0], [''], [false]])('coalesce treats %j as a result', async (result) => {
	const { open, look } = looks<typeof result>();
	const key = newKey();
	const first = coalesce(key, look);
	await settle();
	const late = coalesce(key, look);
	open[0]?.give(result);
	await expect(first).resolves.toEqual(result);
	await expect(late).resolves.toBeUndefined();
	expect(open).toHaveLength(1);
});

test('coalesce lets callers that come during the second look wait for it', async () => {
	const { open, look } = looks<string>();
	const key = newKey();
	const first = coalesce(key, look);
	await settle();
	const second = coalesce(key, look);
	open[0]?.give(undefined);
	await first;
	await settle();
	const third = coalesce(key, look);
	await settle();
	expect(open).toHaveLength(2);
	open[1]?.give('items');
	await expect(Promise.all([second, third])).resolves.toEqual(['items', undefined]);
});

test('coalesce gives an error of a look to its own caller, and looks again for the next', async () => {
	const { open, look } = looks<string>();
	const key = newKey();
	const first = coalesce(key, look);
	await settle();
	const second = coalesce(key, look);
	open[0]?.fail(new Error('no credential'));
	await expect(first).rejects.toThrow('no credential');
	await settle();
	open[1]?.give('items');
	await expect(second).resolves.toBe('items');
});

test('coalesce forgets an execution that no caller waits for, and looks again at its next pause', async () => {
	const key = newKey();
	await expect(coalesce(key, async () => 'first pause')).resolves.toBe('first pause');
	await expect(coalesce(key, async () => 'second pause')).resolves.toBe('second pause');
	await expect(coalesce(key, async () => await Promise.reject(new Error('no')))).rejects.toThrow(
		'no',
	);
	await expect(coalesce(key, async () => 'third pause')).resolves.toBe('third pause');
});
