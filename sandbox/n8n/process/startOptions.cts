import path from 'node:path';
import { parseArgs } from 'node:util';
import { cacheFolder } from '../install/cache.cjs';

export const HELP = `n8n's editor with these nodes in it, ready to be tried: npm start -- [flags]

  --port 5678          the editor's port on 127.0.0.1
  --fresh              forget workflows, credentials and executions of earlier starts
  --gateway <address>  a real gateway instead of the sandbox, e.g. https://www.kkiai.com/kling;
                       its key is read from KLING_API_KEY
  --folder <path>      where n8n keeps its data, instead of this machine's cache

The first start installs n8n outside this folder, which takes about ten minutes and 3 GB.
`;

/** Where n8n keeps its data unless told otherwise. */
export const OWN_FOLDER = path.join(cacheFolder(), 'start');

export interface StartOptions {
	port: number;
	fresh: boolean;
	/** The user folder, absolute. */
	folder: string;
	/** None: the sandbox. */
	gateway?: { baseUrl: string; apiKey: string };
}

const flags = {
	port: { type: 'string', default: '5678' },
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
	if (!/^\d{1,5}$/.test(port) || Number(port) < 1 || Number(port) > 65_535) {
		throw new Error(`--port is a number from 1 to 65535, not "${port}"`);
	}
	return {
		port: Number(port),
		fresh,
		folder: path.resolve(folder ?? OWN_FOLDER),
		...(gateway === undefined ? {} : { gateway: gatewayAt(gateway) }),
	};
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
