import { credentialsFor } from '../../kling/connection.cjs';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../kling/server.cjs';
import { type Balancer, type PassedCall, startBalancer } from './balancer.cjs';
import { Fleet, type Role } from './fleet.cjs';
import type { N8nProcess } from './instance.cjs';
import { N8nRest } from '../client/rest.cjs';
import { newLogin } from '../client/login.cjs';
import { type Postgres, type Service, startPostgres, startRedis } from './services.cjs';
import { CREDENTIAL } from '../client/setUp.cjs';

export type { Role };

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

/**
 * Starts everything, each process with a user folder of its own as in containers of its own; what they share is the
 * database, Redis and the encryption key. Takes about half a minute.
 */
export async function startCluster(options: ClusterOptions = {}): Promise<Cluster> {
	const teardown = new Teardown();
	try {
		const servers = await startServers(options.sandbox, teardown);
		const { balancer, sandbox, postgres, redis } = servers;
		const env = { ...sharedEnv(balancer.address, [postgres, redis]), ...options.env };
		const fleet = new Fleet(balancer, env);
		teardown.add(async () => fleet.endAll());
		const rest = await startProcesses(fleet, balancer, options);
		const fields = credentialsFor(sandbox);
		const credentialId = await rest.saveCredential(CREDENTIAL, 'klingApi', fields);
		const { address, calls } = balancer;
		return {
			address,
			calls,
			rest,
			sandbox,
			credentialId,
			postgres,
			redis,
			get main() {
				return fleet.main;
			},
			get workers() {
				return fleet.of('worker');
			},
			get webhooks() {
				return fleet.of('webhook');
			},
			start: async (role) => fleet.start(role),
			end: async (process, how) => fleet.end(process, how),
			close: async () => teardown.run(),
		};
	} catch (error) {
		await teardown.run();
		throw error;
	}
}

/** Ends what was started, the last first. */
class Teardown {
	private readonly steps: (() => Promise<void>)[] = [];

	add(step: () => Promise<void>): void {
		this.steps.unshift(step);
	}

	/** @returns what was started, once it has been noted how to end it */
	async of<T>(starting: Promise<T>, end: (started: T) => Promise<void>): Promise<T> {
		const started = await starting;
		this.add(async () => end(started));
		return started;
	}

	async run(): Promise<void> {
		for (const step of this.steps.splice(0)) await step();
	}
}

async function startServers(options: SandboxOptions | undefined, teardown: Teardown) {
	const [postgres, redis, sandbox, balancer] = await Promise.all([
		teardown.of(startPostgres(), async (service) => service.stop()),
		teardown.of(startRedis(), async (service) => service.stop()),
		teardown.of(startSandbox(options), async (started) => started.close()),
		teardown.of(startBalancer(), async (started) => started.close()),
	]);
	return { postgres, redis, sandbox, balancer };
}

async function startProcesses(
	fleet: Fleet,
	{ address }: Balancer,
	{ workers = 2, webhooks = 1 }: ClusterOptions,
): Promise<N8nRest> {
	// Main makes the tables; the others refuse to start without them.
	await fleet.start('main');
	const [rest] = await Promise.all([
		N8nRest.login(address, newLogin()),
		...Array.from({ length: workers }, async () => fleet.start('worker')),
		...Array.from({ length: webhooks }, async () => fleet.start('webhook')),
	]);
	return rest;
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
