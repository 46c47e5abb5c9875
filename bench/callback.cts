import { request, type Agent } from 'node:http';

import type { Sandbox } from '../sandbox/kling/server.cjs';

export interface PostOptions {
	agent?: Agent;
	headers?: Record<string, string>;
}

/** What Kling posts when a task has a new status. @returns the status of the answer */
export async function postCallback(
	url: string,
	body: { task_id: string; task_status: string },
	{ agent, headers = {} }: PostOptions = {},
): Promise<number | undefined> {
	return await new Promise((resolve, reject) => {
		const call = request(
			url,
			{ method: 'POST', agent, headers: { 'content-type': 'application/json', ...headers } },
			(response) => {
				response.resume().on('end', () => resolve(response.statusCode));
			},
		);
		call.on('error', reject).end(JSON.stringify(body));
	});
}

/** Voices that Kling has finished, without a callback. @returns their task ids */
export function finishedTasks(sandbox: Sandbox, count: number): string[] {
	const created = Array.from({ length: count }, (_, n) =>
		sandbox.createTask({ voice_name: `Voice ${String(n)}` }),
	);
	return created.map(({ task_id: id }) => {
		sandbox.finish(id);
		return id;
	});
}
