import { setTimeout as sleep } from 'node:timers/promises';
import type { ILoadOptionsFunctions } from 'n8n-workflow';

import { klingNode } from '../sandbox/engine/nodeTypes.cjs';
import { median, type Figure, type Measurement } from './figure.cjs';

const VOICES = 10_000;
const API_MS = 200;
const ROUNDS = 5;
const GOAL_MS = 1_000;

const voices = Array.from({ length: VOICES }, (_, index) => ({
	task_id: String(850_000_000_000_000_000n + BigInt(index)),
	task_status: 'succeed',
	created_at: 1_760_000_000_000 - index,
	task_result: {
		voices: [
			{
				voice_id: String(860_000_000_000_000_000n + BigInt(index)),
				voice_name: `Voice ${String(index)}`,
				trial_url: `https://example.com/${String(index)}.mp3`,
			},
		],
	},
}));

interface Asked {
	qs: { pageNum: number; pageSize: number };
}

/** What the picker sees of n8n and of an API with these pages; `asked` counts its requests. */
function editor(cap: number, asked: number[]): ILoadOptionsFunctions {
	const context = {
		getNode: () => ({ name: 'Kling', type: 'n8n-nodes-kling-voice.kling' }),
		getCredentials: async () =>
			await Promise.resolve({
				provider: 'custom',
				baseUrl: 'http://127.0.0.1:9/kling',
				authentication: 'apiKey',
				apiKey: 'sandbox-key',
			}),
		helpers: {
			async httpRequestWithAuthentication(_: string, { qs: { pageNum, pageSize } }: Asked) {
				asked.push(pageNum);
				const size = Math.min(pageSize, cap);
				const rows = voices.slice((pageNum - 1) * size, pageNum * size);
				await sleep(API_MS);
				return { statusCode: 200, headers: {}, body: JSON.stringify({ code: 0, data: rows }) };
			},
		},
	};
	return context as object as ILoadOptionsFunctions;
}

/** Searches of the picker for one of ten thousand voices. The time of n8n's own HTTP is not in it. */
export const picker: Measurement = async (say) => {
	say(`searching ${String(VOICES)} voices, API answering in ${String(API_MS)} ms`);
	return [
		await search('the last one, pages as large as asked for', 'Voice 9999', 1_000),
		await search('none, pages as large as asked for', 'nobody', 1_000),
	];
};

async function search(what: string, filter: string, cap: number): Promise<Figure> {
	const times: number[] = [];
	let found = NaN;
	const asked: number[] = [];
	for (let round = 0; round < ROUNDS; round += 1) {
		asked.length = 0;
		const startedAt = performance.now();
		const answer = await klingNode.methods?.listSearch?.searchVoices?.call(
			editor(cap, asked),
			filter,
		);
		times.push(performance.now() - startedAt);
		found = answer?.results.length ?? NaN;
	}
	const ms = median(times);
	return {
		what: `picker over ${String(VOICES)} voices, API answering in ${String(API_MS)} ms: ${what} (median of ${String(ROUNDS)})`,
		goal: `≤ ${String(GOAL_MS / 1000)} s`,
		measured: `${(ms / 1000).toFixed(2)} s, ${String(asked.length)} requests, ${String(found)} found`,
		met: ms <= GOAL_MS,
	};
}
