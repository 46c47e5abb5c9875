export interface TextAnswer {
	status: number;
	text: string;
}

/** Posts a body as it is. */
export async function postText(
	url: string,
	body: string,
	contentType = 'application/json',
): Promise<TextAnswer> {
	const headers = { 'content-type': contentType };
	const response = await fetch(url, { method: 'POST', headers, body });
	return { status: response.status, text: await response.text() };
}

export const postJson = async (url: string, body: unknown = {}): Promise<TextAnswer> =>
	await postText(url, JSON.stringify(body));
