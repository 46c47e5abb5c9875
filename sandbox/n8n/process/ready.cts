import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { clipOf } from '../../kling/connection.cjs';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../kling/server.cjs';
import { type N8nProcess, startN8n } from './instance.cjs';
import type { Login, N8nRest } from '../client/rest.cjs';
import { setUp } from '../client/setUp.cjs';
import type { Imported } from '../client/importTemplates.cjs';

export interface ReadyOptions {
	sandbox?: SandboxOptions;
	/** For n8n; wins over the settings that keep it quiet and offline. */
	env?: Record<string, string>;
	/** Whether the templates of `workflows/` are imported. Default false. */
	templates?: boolean;
}

/** An n8n with the packed package, logged in, its credential pointing at a sandbox of its own. */
export interface Ready {
	/** The one that runs now: another after `restart`. */
	readonly n8n: N8nProcess;
	readonly rest: N8nRest;
	/** Of the owner. */
	readonly login: Login;
	readonly sandbox: Sandbox;
	/** Of type klingApi. */
	readonly credentialId: string;
	/** Ids of the imported templates by their file. */
	readonly templates: Imported;
	/** Ends n8n, gracefully or as a power cut would, and starts it with the same user folder, port and sandbox. */
	restart(how: 'stop' | 'kill'): Promise<void>;
	/** Ends both, and removes the user folder. */
	close(): Promise<void>;
}

/** Everything that `npm start` sets up, in a user folder that is thrown away. Takes about ten seconds. */
export async function startReady(options: ReadyOptions = {}): Promise<Ready> {
	const { env = {}, templates = false } = options;
	const userFolder = fs.mkdtempSync(path.join(os.tmpdir(), 'kling-n8n-'));
	const sandbox = await startSandbox(options.sandbox);
	const tidyUp = async () => {
		await sandbox.close();
		fs.rmSync(userFolder, { recursive: true, force: true, maxRetries: 5 });
	};
	const started = await setUp({
		userFolder,
		api: { baseUrl: sandbox.baseUrl, apiKey: sandbox.options.apiKeys[0] ?? '' },
		env,
		templates,
		examples: { clip: clipOf(sandbox), voiceId: sandbox.presets[0]?.voice_id ?? '' },
		say: console.log,
	}).catch(async (error: unknown) => {
		await tidyUp();
		throw error;
	});
	const { rest, login, credentialId } = started;
	let { n8n } = started;
	return {
		get n8n() {
			return n8n;
		},
		rest,
		login,
		sandbox,
		credentialId,
		templates: started.templates,
		async restart(how) {
			await n8n[how]();
			n8n = await startN8n({ userFolder, port: Number(new URL(n8n.address).port), env });
		},
		async close() {
			await n8n.stop();
			await tidyUp();
		},
	};
}
