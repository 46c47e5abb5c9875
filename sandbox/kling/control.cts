import { join } from 'node:path';
import express, { type Express, type Request, type RequestHandler } from 'express';
import { fromOwnMachine } from './ownMachine.cjs';
import { type FaultRule, type SandboxOptions, faultKinds, faultRoutes } from './options.cjs';
import type { Sandbox } from './server.cjs';
import { taskKinds } from './kinds/index.cjs';
import type { NewTask } from './task.cjs';

/** Fixed at the start: the paths and the ids hang on them. */
const fixedOptions = new Set(['port', 'seed', 'prefix']);

function isFaultRule(value: unknown): value is FaultRule {
	const { on, kind } = (value ?? {}) as Partial<FaultRule>;
	return faultRoutes.some((route) => route === on) && faultKinds.some((known) => known === kind);
}

/** Runs `work`; what it throws is the caller's mistake. */
const attempt =
	(work: (req: Request) => unknown): RequestHandler =>
	(req, res) => {
		try {
			res.json(work(req) ?? { ok: true });
		} catch (error) {
			res
				.status(400)
				.json({ ok: false, message: error instanceof Error ? error.message : String(error) });
		}
	};

const stateOf = (sandbox: Sandbox) => ({
	origin: sandbox.origin,
	baseUrl: sandbox.baseUrl,
	options: sandbox.options,
	tasks: sandbox.tasks,
	requests: sandbox.requests,
	callbacks: sandbox.callbacks,
	droppedCallbacks: sandbox.droppedCallbacks,
	maxSeenInFlight: sandbox.maxSeenInFlight,
});

/** One rule or a list of them; an empty list clears. */
function setFaults(sandbox: Sandbox, body: unknown): void {
	const rules = [body].flat();
	if (!rules.every(isFaultRule)) throw new Error('a fault needs a known "on" and "kind"');
	if (rules.length === 0) sandbox.clearFaults();
	for (const rule of rules) sandbox.addFault(rule);
}

function setOptions(sandbox: Sandbox, wanted: SandboxOptions): SandboxOptions {
	const fixed = Object.keys(wanted).filter((key) => fixedOptions.has(key));
	if (fixed.length > 0) throw new Error(`cannot be changed while running: ${fixed.join(', ')}`);
	return Object.assign(sandbox.options, wanted);
}

function createTask(sandbox: Sandbox, wanted: Partial<NewTask>): unknown {
	const { kind = 'customVoice' } = wanted;
	if (!taskKinds.includes(kind)) throw new Error('there is no such kind of task');
	return sandbox.createTask(wanted);
}

function finishTask(sandbox: Sandbox, { params, body }: Request): void {
	const { as, message } = (body ?? {}) as { as?: 'succeed' | 'failed'; message?: string };
	sandbox.finish(String(params.id), as, message);
}

/**
 * Remote control for users in another process on this machine: the CLI's, end-to-end tests. Asks for no key. The clips
 * are for everyone, as an n8n in a container calls this machine by another name.
 */
export function mountControl(app: Express, sandbox: Sandbox): void {
	const control = express.Router();
	const post = (path: string, work: (req: Request) => unknown) => control.post(path, attempt(work));
	control.use('/clips', express.static(join(__dirname, 'clips')));
	control.use('/files', express.static(join(__dirname, 'media/files')));
	control.use(fromOwnMachine, express.json());
	control.get(
		'/state',
		attempt(() => stateOf(sandbox)),
	);
	post('/faults', ({ body }) => setFaults(sandbox, body as unknown));
	post('/options', ({ body }) => setOptions(sandbox, body as SandboxOptions));
	post('/reset', () => sandbox.reset());
	post('/tasks', ({ body }) => createTask(sandbox, (body ?? {}) as Partial<NewTask>));
	post('/tasks/:id/finish', (req) => finishTask(sandbox, req));
	app.use('/_sandbox', control);
}
