import type { Call } from './scenario.cjs';

export interface Answer {
	status: number;
	/** Parsed where it is JSON. */
	body: unknown;
}

/** @param address before the changes that `call` asks for */
export async function send(address: string, call: Call): Promise<Answer> {
	const { method = 'POST', body = {}, type = 'application/json', encoding } = call;
	const headers = new Headers();
	if (type !== null) headers.set('content-type', type);
	if (encoding !== undefined) headers.set('content-encoding', encoding);
	const text = typeof body === 'string' ? body : JSON.stringify(body);
	const response = await fetch(addressOf(address, call), {
		method,
		headers,
		// As bytes, because fetch adds a content type to a text.
		...(['GET', 'HEAD'].includes(method) ? {} : { body: new TextEncoder().encode(text) }),
	});
	return { status: response.status, body: parsed(await response.text()) };
}

function addressOf(address: string, { signature, lastPart, query = {} }: Call): URL {
	const url = new URL(address);
	if (signature === null) url.searchParams.delete('signature');
	if (typeof signature === 'string') url.searchParams.set('signature', signature);
	if (lastPart !== undefined) {
		const before = url.pathname.replace(/\/[^/]*$/, '');
		url.pathname = lastPart === '' ? before : `${before}/${lastPart}`;
	}
	for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
	return url;
}

function parsed(text: string): unknown {
	try {
		return JSON.parse(text) as unknown;
	} catch {
		return text;
	}
}
