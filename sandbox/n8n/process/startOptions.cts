import path from 'node:path';
import { parseArgs } from 'node:util';
import { cacheFolder } from '../install/cache.cjs';

export const HELP = `n8n's editor with these nodes in it, ready to be tried: npm start -- [flags]

  --port 5678          the editor's port on 127.0.0.1
  --fresh              forget workflows, credentials and executions of earlier starts
  --public-port 5679   with --gateway or WEBHOOK_URL: the port on 127.0.0.1 that a tunnel leads to,
                       by default the one after the editor's; only webhooks, forms and signed files
                       are served there
  --gateway <address>  a real gateway instead of the sandbox, e.g. https://www.kkiai.com/kling;
                       its key is read from KLING_API_KEY
  --folder <path>      where n8n keeps its data, instead of this machine's cache

The first start installs n8n outside this folder, which takes about six minutes and 3 GB.
`;

/** Where n8n keeps its data unless told otherwise. */
export const OWN_FOLDER = path.join(cacheFolder(), 'start');

export interface StartOptions {
	port: number;
	/** Where a tunnel leads to; given when something outside can want to reach n8n. */
	publicPort?: number;
	/** The address of that tunnel, if there is one. */
	publicUrl?: string;
	fresh: boolean;
	/** The user folder, absolute. */
	folder: string;
	/** None: the sandbox. */
	gateway?: { baseUrl: string; apiKey: string };
}

const flags = {
	port: { type: 'string', default: '5678' },
	'public-port': { type: 'string' },
	fresh: { type: 'boolean', default: false },
	gateway: { type: 'string' },
	folder: { type: 'string' },
	help: { type: 'boolean', default: false },
} as const;

/**
 * @returns undefined when only help was asked for
 * @throws in words
 */
export function readOptions(args: string[]): StartOptions | undefined {
	const { values } = parseArgs({ args, options: flags });
	if (values.help) return undefined;
	const { port, fresh, gateway, folder } = values;
	const editor = portOf('port', port);
	const publicUrl = process.env.N8N_WEBHOOK_URL ?? process.env.WEBHOOK_URL;
	const isExposed = gateway !== undefined || Boolean(publicUrl);
	return {
		port: editor,
		...(isExposed && { publicPort: publicPortOf(values['public-port'], editor) }),
		...(publicUrl && { publicUrl }),
		fresh,
		folder: path.resolve(folder ?? OWN_FOLDER),
		...(gateway === undefined ? {} : { gateway: gatewayAt(gateway) }),
	};
}

function portOf(flag: string, text: string): number {
	const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
	if (port >= 1 && port <= 65_535) return port;
	throw new Error(`--${flag} is a number from 1 to 65535, not "${text}"`);
}

function publicPortOf(text: string | undefined, editor: number): number {
	const port = portOf('public-port', text ?? String(editor + 1));
	if (port !== editor) return port;
	throw new Error(`--public-port is another than the editor's, ${editor}: that one stays private`);
}

function gatewayAt(baseUrl: string): { baseUrl: string; apiKey: string } {
	if (!/^https?:$/.test(URL.canParse(baseUrl) ? new URL(baseUrl).protocol : '')) {
		throw new Error(
			`--gateway is an address such as https://www.kkiai.com/kling, not "${baseUrl}"`,
		);
	}
	const apiKey = process.env.KLING_API_KEY?.trim();
	if (apiKey) return { baseUrl, apiKey };
	throw new Error(`Set KLING_API_KEY to your key for ${baseUrl}, and start again`);
}
