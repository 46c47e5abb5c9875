import type { KlingClient } from './client';
import { layers, type Payload } from './envelope';
import { foreignText, idText, plainText } from './foreign';
import { isRecord } from './record';
import { ok, type Reply } from './reply';

const DAY_MS = 24 * 3_600_000;
/** Kling filters by the time of purchase, and packs live for a year and more. */
const BOUGHT_WITHIN_MS = 400 * DAY_MS;
/** What servers say of packs that are of no use any more. */
const ENDED = new Set(['expired', 'runout']);

/** A resource pack at Kling. Times are ISO 8601, amounts in units. */
export interface Pack {
	name?: string;
	id?: string;
	/** `online`, `toBeOnline`, `expired` or `runOut`. */
	status: string;
	total?: number;
	remaining?: number;
	effectiveAt?: string;
	expiresAt?: string;
}

/** Packs bought within 400 days. Kling's numbers may be twelve hours old. */
export async function readPacks(
	client: KlingClient,
): Promise<Reply<{ packs: Pack[]; payload: Payload }>> {
	const now = Date.now();
	const query = { start_time: now - BOUGHT_WITHIN_MS, end_time: now };
	const reply = await client.read('/account/costs', query);
	if (!reply.ok) return reply;
	return ok({ packs: packsIn(reply.value), payload: reply.value });
}

function packsIn(payload: Payload): Pack[] {
	const rows: unknown = layers(payload)
		.map((layer) => layer.resource_pack_subscribe_infos)
		.find(Array.isArray);
	return (Array.isArray(rows) ? rows : []).filter(isRecord).map((row) => ({
		name: foreignText(row.resource_pack_name, 100),
		id: idText(row.resource_pack_id),
		status: plainText(row.status).slice(0, 20),
		total: amount(row.total_quantity),
		remaining: amount(row.remaining_quantity),
		effectiveAt: time(row.effective_time),
		expiresAt: time(row.invalid_time),
	}));
}

export const hasEnded = ({ status }: Pack): boolean => ENDED.has(status.toLowerCase());

/** What New-API, and so KKI AI, knows of a key. Source: KKI AI's page on token usage. */
export async function readUsage(client: KlingClient): Promise<Reply<Payload>> {
	return await client.readAtRoot('/api/usage/token/');
}

function amount(value: unknown): number | undefined {
	const number = Number(plainText(value) || NaN);
	return Number.isFinite(number) ? number : undefined;
}

/** @param value Unix time in milliseconds; 0 for never */
function time(value: unknown): string | undefined {
	const ms = amount(value) ?? 0;
	return ms > 0 && ms < 8.64e15 ? new Date(ms).toISOString() : undefined;
}
