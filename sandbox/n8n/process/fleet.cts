import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Balancer, Upstream } from './balancer.cjs';
import { type N8nProcess, startN8n } from './instance.cjs';

export type Role = 'main' | 'worker' | 'webhook';

/** n8n's own names of the commands. */
const COMMANDS = { main: 'start', worker: 'worker', webhook: 'webhook' } as const;

/** The processes of n8n, of which the balancer knows those that take calls. */
export class Fleet {
	private readonly running: { role: Role; name: string; process: N8nProcess }[] = [];
	private readonly folders: string[] = [];
	private started = 0;

	constructor(
		private readonly balancer: Balancer,
		private readonly env: Record<string, string>,
	) {}

	of(role: Role): N8nProcess[] {
		return this.running.filter((member) => member.role === role).map(({ process }) => process);
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
		const upstreams = this.upstreamsOf(role);
		upstreams.push({ name, address: process.address });
		return process;
	}

	async end(process: N8nProcess, how: 'stop' | 'kill'): Promise<void> {
		const index = this.running.findIndex((member) => member.process === process);
		const [member] = this.running.splice(index, index < 0 ? 0 : 1);
		if (!member) throw new Error('That process has ended');
		const upstreams = this.upstreamsOf(member.role);
		upstreams.splice(0, upstreams.length, ...upstreams.filter(({ name }) => name !== member.name));
		await process[how]();
	}

	async endAll(): Promise<void> {
		// The database goes right after, so a graceful end would save nothing.
		await Promise.all(this.running.map(async ({ process }) => process.kill()));
		for (const folder of this.folders) rmSync(folder, { recursive: true, force: true });
	}

	/** Workers are reached through Redis alone, so theirs is a list that nobody reads. */
	private upstreamsOf(role: Role): Upstream[] {
		const { main, webhooks } = this.balancer.upstreams;
		return { main, webhook: webhooks, worker: [] }[role];
	}
}
