import type { IHttpRequestOptions } from 'n8n-workflow';
import { openWebFile as openLimited, type FileContext } from '../../nodes/Kling/media/webFile';
import { contextOf, streamOf } from './contexts.cjs';

export const openWebFile = async (
	context: FileContext,
	address: string,
	apiHost: string,
	most = 1e6,
) => await openLimited(context, address, apiHost, most);

export const PUBLIC = 'www.kkiai.com';
export const MOST = 512 * 1024 * 1024;
export const ADDRESS = 'https://files.example.com/voices/trial.mp3?token=secret';

export interface Page {
	status?: number;
	headers?: Record<string, unknown>;
	body?: unknown;
}

/** A web of pages; who asks for another address gets no answer. */
export function web(pages: Record<string, Page>, more: object = {}) {
	const asked: IHttpRequestOptions[] = [];
	const opened: ReturnType<typeof streamOf>[] = [];
	const context = contextOf({
		...more,
		helpers: {
			httpRequest: async (options: IHttpRequestOptions) => {
				asked.push(options);
				const page = pages[options.url];
				if (!page) throw new Error('connect ECONNREFUSED');
				const stream = streamOf(Buffer.from('speech'));
				opened.push(stream);
				const { status = 200, headers = {}, body = stream } = page;
				return { statusCode: status, headers, body };
			},
		},
	});
	return { context, asked, opened, urls: () => asked.map(({ url }) => url) };
}

export const to = (location: unknown, status = 302): Page => ({ status, headers: { location } });
