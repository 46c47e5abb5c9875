import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../kling/server.cjs';
import { type Balancer, type PassedCall, type Target, startBalancer } from './balancer.cjs';
import { type N8nProcess, startN8n } from './instance.cjs';
import { N8nRest } from '../client/rest.cjs';
import { OWNER } from '../client/seed.cjs';
import { type Postgres, type Service, startPostgres, startRedis } from './services.cjs';
import { CREDENTIAL } from '../client/setUp.cjs';

export type Role = 'main' | 'worker' | 'webhook';

export interface ClusterOptions {
	/** Default 2. */
	workers?: number;
	/** Default 1. */
	webhooks?: number;
	sandbox?: SandboxOptions;
	/** For every process of n8n. */
	env?: Record<string, string>;
}

/** n8n in queue mode, all of it real, on loopback. */
export interface Cluster {
	/** The balancer's: `http://localhost:port`. */
	readonly address: string;
	readonly calls: PassedCall[];
	readonly main: N8nProcess;
	/** Those that run; a process that was stopped or killed through `end` is gone. */
	readonly workers: readonly N8nProcess[];
	readonly webhooks: readonly N8nProcess[];
	readonly rest: N8nRest;
	readonly sandbox: Sandbox;
	readonly credentialId: string;
	readonly postgres: Postgres;
	readonly redis: Service;
	/** One more process of a role; a new main takes the old one's place. */
	start(role: Role): Promise<N8nProcess>;
	/** Ends a process, and no more calls are passed on to it. */
	end(process: N8nProcess, how: 'stop' | 'kill'): Promise<void>;
	close(): Promise<void>;
}

/** n8n's own names of the commands. */
const COMMANDS = { main: 'start', worker: 'worker', webhook: 'webhook' } as const;

/**
 * Starts everything, each process with a user folder of its own as in containers of its own; what they share is the
 * database, Redis and the encryption key. Takes about half a minute.
 */
export async function startCluster(options: ClusterOptions = {}): Promise<Cluster> {
	const { workers = 2, webhooks = 1 } = options;
	const closing: (() => Promise<void>)[] = [];
	const later = <T,>(started: T, close: (started: T) => Promise<void>): T => {
		closing.unshift(async () => close(started));
		return started;
	};
	const close = async () => {
		for (const step of closing.splice(0)) await step();
	};
	try {
		const [postgres, redis, sandbox, balancer] = await Promise.all([
			startPostgres().then((service) => later(service, async () => service.stop())),
			startRedis().then((service) => later(service, async () => service.stop())),
			startSandbox(options.sandbox).then((started) => later(started, async () => started.close())),
			startBalancer().then((started) => later(started, async () => started.close())),
		]);
		const env = { ...sharedEnv(balancer.address, [postgres, redis]), ...options.env };
		const fleet = later(new Fleet(balancer, env), async (ships) => ships.endAll());
		// Main makes the tables; the others refuse to start without them.
		await fleet.start('main');
		const [rest] = await Promise.all([
			N8nRest.login(balancer.address, OWNER),
			...Array.from({ length: workers }, async () => fleet.start('worker')),
			...Array.from({ length: webhooks }, async () => fleet.start('webhook')),
		]);
		const credentialId = await rest.saveCredential(CREDENTIAL, 'klingApi', {
			provider: 'custom',
			baseUrl: sandbox.baseUrl,
			authentication: 'apiKey',
			apiKey: sandbox.options.apiKeys[0],
		});
		return {
			address: balancer.address,
			calls: balancer.calls,
			get main() {
				return fleet.main;
			},
			get workers() {
				return fleet.of('worker');
			},
			get webhooks() {
				return fleet.of('webhook');
			},
			rest,
			sandbox,
			credentialId,
			postgres,
			redis,
			start: async (role) => fleet.start(role),
			end: async (process, how) => fleet.end(process, how),
			close,
		};
	} catch (error) {
		await close();
		throw error;
	}
}

/** The settings of docs/scaling.md, and what keeps a test short. */
function sharedEnv(address: string, services: Service[]): Record<string, string> {
	return {
		...Object.fromEntries(services.flatMap(({ env }) => Object.entries(env))),
		// Two, as n8n has it, block each other for 20 s when many callbacks come at once: docs/scaling.md.
		DB_POSTGRESDB_POOL_SIZE: '10',
		EXECUTIONS_MODE: 'queue',
		N8N_ENCRYPTION_KEY: 'the-same-for-every-process-of-the-cluster',
		WEBHOOK_URL: `${address}/`,
		N8N_EDITOR_BASE_URL: address,
		N8N_DEFAULT_BINARY_DATA_MODE: 'database',
		N8N_DISABLE_PRODUCTION_MAIN_PROCESS: 'true',
		OFFLOAD_MANUAL_EXECUTIONS_TO_WORKERS: 'true',
	};
}

/** The processes of n8n. */
class Fleet {
	private readonly running: { role: Role; name: string; process: N8nProcess }[] = [];
	private readonly folders: string[] = [];
	private started = 0;

	constructor(
		private readonly balancer: Balancer,
		private readonly env: Record<string, string>,
	) {}

	of(role: Role): N8nProcess[] {
		return this.running.filter((ship) => ship.role === role).map(({ process }) => process);
	}

	get main(): N8nProcess {
		const [main] = this.of('main');
		if (!main) throw new Error('main does not run');
		return main;
	}

	async start(role: Role): Promise<N8nProcess> {
		const userFolder = mkdtempSync(join(tmpdir(), `kling-n8n-${role}-`));
		this.folders.push(userFolder);
		const process = await startN8n({ userFolder, command: COMMANDS[role], env: this.env });
		const name = `${role} ${(this.started += 1)}`;
		this.running.push({ role, name, process });
		const targets = this.targetsOf(role);
		targets.push({ name, address: process.address });
		return process;
	}

	async end(process: N8nProcess, how: 'stop' | 'kill'): Promise<void> {
		const index = this.running.findIndex((ship) => ship.process === process);
		const [ship] = this.running.splice(index, index < 0 ? 0 : 1);
		if (!ship) throw new Error('That process has ended');
		const targets = this.targetsOf(ship.role);
		targets.splice(0, targets.length, ...targets.filter(({ name }) => name !== ship.name));
		await process[how]();
	}

	async endAll(): Promise<void> {
		// The database goes right after, so there is nothing to end in peace for.
		await Promise.all(this.running.map(async ({ process }) => process.kill()));
		for (const folder of this.folders) rmSync(folder, { recursive: true, force: true });
	}

	/** Workers are reached through Redis alone, so theirs is a list that nobody reads. */
	private targetsOf(role: Role): Target[] {
		const { main, webhooks } = this.balancer.targets;
		return { main, webhook: webhooks, worker: [] }[role];
	}
}
