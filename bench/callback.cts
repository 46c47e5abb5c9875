import { request, type Agent } from 'node:http';

/** What Kling posts when a task has a new status. @returns the status of the answer */
export async function postCallback(
	url: string,
	body: { task_id: string; task_status: string },
	agent?: Agent,
): Promise<number | undefined> {
	return await new Promise((resolve, reject) => {
		const call = request(
			url,
			{ method: 'POST', agent, headers: { 'content-type': 'application/json' } },
			(response) => {
				response.resume().on('end', () => resolve(response.statusCode));
			},
		);
		call.on('error', reject).end(JSON.stringify(body));
	});
}
