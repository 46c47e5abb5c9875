import { type RawResponse, klingError } from './errors.cjs';
import type { ApiCall } from './routes.cjs';
import type { World } from './world.cjs';

const DAY_MS = 86_400_000;

/** New-API's account of a key. `code` is the boolean `true` there. */
export function usage(world: World): RawResponse {
	const granted = 5_000_000;
	const used = world.tasks.all.length * 3500;
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

/** Kling's resource packs: an envelope inside an envelope. */
export function costs({ query, requestId }: ApiCall, world: World): RawResponse {
	for (const key of ['start_time', 'end_time']) {
		const value = query[key];
		if (typeof value !== 'string' || !/^\d{13}$/.test(value)) {
			return klingError(1201, `${key} is required, in Unix milliseconds`);
		}
	}
	const now = Date.now();
	const pack = {
		resource_pack_name: 'Sandbox pack',
		resource_pack_id: 'sandbox-pack-1',
		resource_pack_type: 'decreasing_total',
		total_quantity: 1000,
		remaining_quantity: 1000 - world.tasks.all.length * 0.05,
		purchase_time: now - 30 * DAY_MS,
		effective_time: now - 30 * DAY_MS,
		invalid_time: now + 335 * DAY_MS,
		status: 'online',
	};
	const data = { code: 0, msg: 'success', resource_pack_subscribe_infos: [pack] };
	return { status: 200, body: { code: 0, message: 'SUCCEED', request_id: requestId, data } };
}
