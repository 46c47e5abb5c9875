import path from 'node:path';

/** What of our own environment n8n gets; anything else, such as keys for Kling, is not its business. */
const PASSED_ON = ['HOME', 'USER', 'LANG', 'TZ', 'TMPDIR', 'HTTPS_PROXY', 'NODE_EXTRA_CA_CERTS'];
const PASSED_ON_WINDOWS = ['SystemRoot', 'TEMP', 'USERPROFILE', 'APPDATA', 'PATHEXT'];

/** With these n8n sends no request of its own to the internet. */
const OFFLINE = {
	// It fetches a list of servers.
	N8N_DISABLED_MODULES: 'mcp-registry',
	N8N_DIAGNOSTICS_ENABLED: 'false',
	N8N_DYNAMIC_BANNERS_ENABLED: 'false',
	N8N_HIRING_BANNER_ENABLED: 'false',
	N8N_PERSONALIZATION_ENABLED: 'false',
	N8N_TEMPLATES_ENABLED: 'false',
	N8N_VERIFIED_PACKAGES_ENABLED: 'false',
	N8N_VERSION_NOTIFICATIONS_ENABLED: 'false',
	N8N_VERSION_NOTIFICATIONS_WHATS_NEW_ENABLED: 'false',
};

const LOOPBACK = {
	N8N_LISTEN_ADDRESS: '127.0.0.1',
	N8N_RUNNERS_BROKER_LISTEN_ADDRESS: '127.0.0.1',
	N8N_WORKER_SERVER_ADDRESS: '127.0.0.1',
	// A cookie for https only would not come back over http.
	N8N_SECURE_COOKIE: 'false',
	NO_PROXY: 'localhost,127.0.0.1',
};

/**
 * The whole environment of an n8n that keeps to itself.
 * @param node its directory goes first on the path: n8n starts its task runners as `node`
 */
export function settings(options: {
	node: string;
	userFolder: string;
	port: number;
	brokerPort: number;
}): Record<string, string> {
	const address = `http://localhost:${options.port}/`;
	const env = Object.fromEntries(
		[...PASSED_ON, ...PASSED_ON_WINDOWS].flatMap((name) => {
			const value = process.env[name];
			return value === undefined ? [] : [[name, value]];
		}),
	);
	return {
		...env,
		PATH: [path.dirname(options.node), process.env.PATH ?? ''].join(path.delimiter),
		...OFFLINE,
		...LOOPBACK,
		NO_COLOR: '1',
		N8N_USER_FOLDER: options.userFolder,
		N8N_PORT: String(options.port),
		N8N_RUNNERS_BROKER_PORT: String(options.brokerPort),
		QUEUE_HEALTH_CHECK_PORT: String(options.port),
		N8N_EDITOR_BASE_URL: address,
		WEBHOOK_URL: address,
	};
}
