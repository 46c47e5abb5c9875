import { type RawResponse, klingError } from './errors.cjs';
import type { ApiCall } from './routes.cjs';
import type { World } from './world.cjs';

const DAY_MS = 86_400_000;
/** What New-API counts in: half a million to the dollar, of which a unit of Kling costs 0.14. */
const QUOTA_PER_UNIT = 70_000;

/** New-API's account of a key. `code` is the boolean `true` there. */
export function usage(world: World): RawResponse {
	const granted = Math.round((world.options.packUnits ?? 1000) * QUOTA_PER_UNIT);
	const used = Math.round(world.tasks.charged * QUOTA_PER_UNIT);
	return {
		status: 200,
		body: {
			code: true,
			message: 'ok',
			data: {
				object: 'token_usage',
				name: 'sandbox',
				total_granted: granted,
				total_used: used,
				total_available: granted - used,
				unlimited_quota: false,
				model_limits: {},
				model_limits_enabled: false,
				expires_at: 0,
			},
		},
	};
}

/** Days ago when a pack was bought, and for how many days it is good. */
const packs = [
	{ name: 'Sandbox pack', bought: 30, days: 365, status: 'online', type: 'decreasing_total' },
	{ name: 'Sandbox trial', bought: 200, days: 90, status: 'expired', type: 'decreasing_total' },
	{
		name: 'Sandbox pack, spent',
		bought: 390,
		days: 400,
		status: 'runOut',
		type: 'decreasing_total',
	},
	{ name: 'Sandbox month', bought: 2, days: 60, status: 'toBeOnline', type: 'constant_period' },
	{
		name: 'Sandbox pack, long ago',
		bought: 500,
		days: 365,
		status: 'expired',
		type: 'decreasing_total',
	},
] as const;

function packJson(
	{ name, bought, days, status, type }: (typeof packs)[number],
	i: number,
	{ options, tasks }: World,
) {
	const total = options.packUnits ?? 1000;
	const left = {
		online: Math.max(0, total - tasks.charged),
		runOut: 0,
		expired: 12.5,
		toBeOnline: total,
	};
	const purchase_time = Date.now() - bought * DAY_MS;
	const isSpent = status === 'online' && left.online === 0;
	return {
		resource_pack_name: name,
		resource_pack_id: `sandbox-pack-${i + 1}`,
		resource_pack_type: type,
		total_quantity: total,
		remaining_quantity: Math.round(left[status] * 100) / 100,
		purchase_time,
		effective_time: status === 'toBeOnline' ? Date.now() + DAY_MS : purchase_time,
		invalid_time: purchase_time + days * DAY_MS,
		status: isSpent ? 'runOut' : status,
	};
}

/** Kling's resource packs: an envelope inside an envelope, and only those bought in that time. */
export function costs({ query, requestId }: ApiCall, world: World): RawResponse {
	for (const key of ['start_time', 'end_time']) {
		const value = query[key];
		if (typeof value !== 'string' || !/^\d{13}$/.test(value)) {
			return klingError(1201, `${key} is required, in Unix milliseconds`);
		}
	}
	const { start_time, end_time, resource_pack_name } = query;
	const rows = packs
		.map((pack, i) => packJson(pack, i, world))
		.filter(({ purchase_time: time }) => time >= Number(start_time) && time <= Number(end_time))
		.filter(({ resource_pack_name: name }) => name === (resource_pack_name ?? name));
	const data = { code: 0, msg: 'success', resource_pack_subscribe_infos: rows };
	return { status: 200, body: { code: 0, message: 'SUCCEED', request_id: requestId, data } };
}
