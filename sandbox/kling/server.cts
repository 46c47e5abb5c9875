import { createServer } from 'node:http';
import express from 'express';
import { type LocalServer, listenLocally } from '../localServer.cjs';
import { mountApi } from './api.cjs';
import type { RecordedCallback } from './callbacks.cjs';
import { mountControl } from './control.cjs';
import {
	type FaultRule,
	type ResolvedOptions,
	type SandboxOptions,
	resolveOptions,
} from './options.cjs';
import type { PresetVoice } from './presets.cjs';
import type { RecordedRequest } from './requests.cjs';
import type { TaskKind } from './kinds/index.cjs';
import { type RecordedSample, mountSamples } from './samples.cjs';
import type { NewTask, SandboxTask } from './task.cjs';
import { World } from './world.cjs';

export type { RecordedCallback, RecordedRequest, RecordedSample, SandboxTask, TaskKind };
export type { EnvelopeName, FaultRule, ResolvedOptions, SandboxOptions } from './options.cjs';
export { namedErrors } from './errors.cjs';

export interface Sandbox {
	/** `http://127.0.0.1:port` */
	readonly origin: string;
	/** `origin` plus the prefix; excludes `/v1`. */
	readonly baseUrl: string;
	/** Live, except `port`, `seed` and `prefix`. Timings count for tasks made from then on. */
	readonly options: ResolvedOptions;
	/** Every task ever made, in order. */
	readonly tasks: SandboxTask[];
	readonly requests: RecordedRequest[];
	/** Kling's own voices. */
	readonly presets: readonly PresetVoice[];
	readonly callbacks: RecordedCallback[];
	/** What the `dropped` callback fault kept back. */
	readonly droppedCallbacks: RecordedCallback[];
	/** Calls on a voice's `trial_url`, and on where it redirects to. */
	readonly samples: RecordedSample[];
	/** Calls on files that tasks made. */
	readonly downloads: RecordedSample[];
	readonly maxSeenInFlight: number;
	/** Told of each request once it has been answered. */
	onRequest?: (request: RecordedRequest) => void;
	addFault(rule: FaultRule): void;
	clearFaults(): void;
	/** Back to how it started: no tasks, first options and faults, the seed's first ids. */
	reset(): void;
	/**
	 * Makes a task without a call and without its checks; its life is that of any other, and begins now whatever
	 * `created_at` says. The list shows tasks by `created_at`.
	 * @param wanted `kind`: default customVoice. `created_at`: Unix milliseconds, default now
	 */
	createTask(wanted?: Partial<NewTask>): SandboxTask;
	/** Ends a task now. Throws when there is no such task or it has ended already. */
	finish(taskId: string, as?: 'succeed' | 'failed', message?: string): void;
	/**
	 * Lets the time pass that living tasks still need: each reaches, over processing, the end that it would have
	 * reached. A clip that is still being judged is waited for.
	 */
	hurry(): void;
	close(): Promise<void>;
}

export async function startSandbox(wanted: SandboxOptions = {}): Promise<Sandbox> {
	const app = express();
	// Before any route: express reads "strict routing" only once. Gateways know /token/, not /token.
	app.disable('x-powered-by').disable('etag').enable('strict routing');
	const server = createServer(app);
	const local = await listenLocally(server, wanted.port);
	const sandbox = new RunningSandbox(structuredClone(wanted), local);
	mountSamples(app, sandbox);
	mountControl(app, sandbox);
	mountApi(
		app,
		() => sandbox.world,
		(request) => sandbox.onRequest?.(request),
	);
	return sandbox;
}

class RunningSandbox implements Sandbox {
	readonly origin: string;
	readonly baseUrl: string;
	readonly options: ResolvedOptions;
	readonly samples: RecordedSample[] = [];
	readonly downloads: RecordedSample[] = [];
	world: World;
	onRequest?: (request: RecordedRequest) => void;

	/** @param wanted never changed, as `options` are live and a reset must find the first ones */
	constructor(
		private readonly wanted: SandboxOptions,
		private readonly server: LocalServer,
	) {
		this.origin = `http://127.0.0.1:${server.port}`;
		this.options = resolveOptions(structuredClone(wanted));
		this.baseUrl = this.origin + this.options.prefix;
		this.world = new World(this);
	}

	get tasks() {
		return this.world.tasks.all;
	}

	get requests() {
		return this.world.requests.all;
	}

	get presets() {
		return this.world.presets;
	}

	get callbacks() {
		return this.world.callbacks.sent;
	}

	get droppedCallbacks() {
		return this.world.callbacks.dropped;
	}

	get maxSeenInFlight() {
		return this.world.limits.maxSeenInFlight;
	}

	addFault(rule: FaultRule): void {
		this.world.faults.add(rule);
	}

	clearFaults(): void {
		this.world.faults.clear();
	}

	reset(): void {
		this.world.stop();
		this.samples.length = 0;
		this.downloads.length = 0;
		for (const key of Object.keys(this.options)) Reflect.deleteProperty(this.options, key);
		Object.assign(this.options, resolveOptions(structuredClone(this.wanted)));
		this.world = new World(this);
	}

	createTask(wanted: Partial<NewTask> = {}): SandboxTask {
		return this.world.tasks.create({ voice_name: '', ...wanted });
	}

	finish(taskId: string, as?: 'succeed' | 'failed', message?: string): void {
		this.world.tasks.finish(taskId, as, message);
	}

	hurry(): void {
		this.world.tasks.hurry();
	}

	async close(): Promise<void> {
		this.world.stop();
		await this.server.close();
	}
}
