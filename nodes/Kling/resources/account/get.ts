import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import { hasEnded, readPacks, readUsage, type Pack } from '../../api/account';
import type { KlingClient } from '../../api/client';
import { isRecord } from '../../api/envelope';
import { plainText } from '../../api/foreign';
import { ok, type Reply } from '../../api/reply';
import { optionsField, output } from '../../operation/fields';
import { optionsOf, type Item } from '../../operation/item';
import { forEachItem } from '../../operation/items';
import { withoutUndefined } from '../../operation/output';
import { readOutputChoice } from '../../operation/outputChoice';
import { readSwitch } from '../../operation/read';
import type { OutputRow } from '../../tasks/pause/notes';

export const option = {
	name: 'Get',
	value: 'get',
	action: 'Get account',
	description:
		'Get what is left: the resource packs at Kling, or the usage of the key at a gateway',
};

export const fields: INodeProperties[] = [
	...output,
	optionsField({
		displayName: 'Include Ended Packs',
		name: 'includeEnded',
		type: 'boolean',
		default: false,
		description: 'Whether to also list packs that have expired or are used up',
	}),
];

export const execute = async (context: IExecuteFunctions) => await forEachItem(context, getOne);

async function getOne(item: Item): Promise<Reply<OutputRow[]>> {
	const choice = readOutputChoice(item);
	if (!choice.ok) return choice;
	const { simple } = choice.value;
	const { includeEnded } = optionsOf(item);
	const ended = readSwitch(includeEnded, 'Include Ended Packs', false);
	if (!ended.ok) return ended;
	const json = await readAccount(item.client, simple, ended.value);
	return json.ok ? ok([{ json: json.value }]) : json;
}

/** A gateway tells what it knows of the key; one that does not may still pass on what Kling knows. */
async function readAccount(
	client: KlingClient,
	simple: boolean,
	withEnded: boolean,
): Promise<Reply<IDataObject>> {
	const usage = client.isGateway ? await readUsage(client) : undefined;
	if (usage?.ok && isRecord(usage.value)) {
		return ok(simple ? usageJson(usage.value) : usage.value);
	}
	const read = await readPacks(client);
	if (!read.ok) return usage && !usage.ok ? usage : read;
	const { packs, payload } = read.value;
	if (!simple) return ok(isRecord(payload) ? payload : {});
	const shown = packs.filter((pack) => withEnded || !hasEnded(pack));
	const usable = packs.filter(({ status }) => status.toLowerCase() === 'online');
	const units = usable.reduce((sum, { remaining }) => sum + (remaining ?? 0), 0);
	return ok({ remaining_units: Number(units.toFixed(6)), packages: shown.map(packJson) });
}

const packJson = ({ name, id, status, total, remaining, effectiveAt, expiresAt }: Pack) =>
	withoutUndefined({
		package_name: name,
		package_id: id,
		status,
		total_units: total,
		remaining_units: remaining,
		effective_at: effectiveAt,
		expires_at: expiresAt,
	});

/** In the gateway's own units of account. */
function usageJson(usage: IDataObject): IDataObject {
	const seconds = Number(plainText(usage.expires_at) || 0);
	return withoutUndefined({
		key_name: usage.name,
		total_available: usage.total_available,
		total_used: usage.total_used,
		total_granted: usage.total_granted,
		unlimited_quota: usage.unlimited_quota,
		expires_at: seconds > 0 ? new Date(seconds * 1000).toISOString() : undefined,
	});
}
