import { setTimeout as sleep } from 'node:timers/promises';
import express, {
	type ErrorRequestHandler,
	type Express,
	type Request,
	type Response,
} from 'express';
import { costs, usage } from './account.cjs';
import { hasKnownKey, refuse } from './auth.cjs';
import { wrap } from './envelopes.cjs';
import { type ErrorAnswer, invalidUrl, klingError, namedErrors } from './errors.cjs';
import type { ApiRoute, ResolvedOptions } from './options.cjs';
import type { RecordedRequest } from './requests.cjs';
import { type Call, type Route, klingRoutes } from './routes.cjs';
import { encode } from './view.cjs';
import type { World } from './world.cjs';

type Cut = 'cut';

/** How one kind of call is let in and answered; faults and recording are the same for all. */
interface Service {
	letIn: (req: Request, world: World) => Promise<ErrorAnswer | undefined> | ErrorAnswer | undefined;
	answer: (call: Call, world: World) => Promise<ErrorAnswer> | ErrorAnswer;
}

const keyOrJwt: Service['letIn'] = async (req, { options, limits }) =>
	(await refuse(req.headers.authorization, options)) ?? limits.tooFast();

/** New-API answers an unknown key here with HTTP 200, the trap a credential test must not fall into. */
const usageKey: Service['letIn'] = (req, { options }) => {
	if (req.headers.authorization === undefined) return namedErrors.noAuthorizationHeader;
	return hasKnownKey(req.headers.authorization, options) ? undefined : namedErrors.successFalse;
};

function klingService(route: Route): Service {
	return {
		letIn: keyOrJwt,
		answer(call, world) {
			const said = route.say(call, world);
			if ('status' in said) return said;
			const answer = { ...said, request: call.body, requestId: call.requestId };
			const body = wrap(answer, world.options, route.isWrite, call.fault?.envelope);
			return { status: 200, body };
		},
	};
}

/** A create call occupies a slot from here until its answer goes out. */
function createService(route: Route): Service {
	const { letIn, answer } = klingService(route);
	return {
		letIn,
		async answer(call, world) {
			const { limits, options, tasks } = world;
			const refused = limits.enter();
			if (refused) return refused;
			try {
				const said = await answer(call, world);
				limits.note(tasks.living);
				if (options.createMs > 0) await pause(options.createMs, world);
				return said;
			} finally {
				limits.leave();
			}
		},
	};
}

async function pause(ms: number, world: World): Promise<void> {
	// A stop ends the wait early; the socket is gone by then.
	await sleep(ms, undefined, { signal: world.stopping.signal }).catch(() => undefined);
}

function isOffered(name: ApiRoute, { routes, prefix }: ResolvedOptions): boolean {
	return routes[name] ?? (name !== 'usage' || prefix !== '');
}

/** One request from arrival to answer. */
async function handle(
	req: Request,
	name: ApiRoute,
	service: Service,
	world: World,
	record: RecordedRequest,
): Promise<ErrorAnswer | Cut> {
	if (!isOffered(name, world.options)) return invalidUrl(req.method, req.path);
	const refused = await service.letIn(req, world);
	if (refused) return refused;
	const body = isRecord(req.body) ? req.body : {};
	const fault = world.faults.strike(name, body);
	record.fault = fault?.rule.kind;
	const { id = '' } = req.params;
	const call: Call = {
		body,
		query: req.query,
		id: String(id),
		requestId: world.requestIds.uuid(),
		...(fault ? { fault } : {}),
	};
	const said = fault?.before ?? (await service.answer(call, world));
	if (fault?.rule.delayMs !== undefined) await pause(fault.rule.delayMs, world);
	const answer = fault?.after ?? said;
	if (answer === 'cut' || fault?.rule.headers === undefined) return answer;
	return { ...answer, headers: fault.rule.headers };
}

function isRecord(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function send(res: Response, said: ErrorAnswer | Cut, world: World, record: RecordedRequest): void {
	record.status = said === 'cut' ? 0 : said.status;
	if (said === 'cut') {
		res.socket?.resetAndDestroy();
		return;
	}
	const { status, body, headers = {} } = said;
	const { retryAfterSeconds } = world.options;
	res.status(status);
	if (status === 429 && retryAfterSeconds !== undefined && isTemporary(body)) {
		res.set('retry-after', String(retryAfterSeconds));
	}
	res.set(headers);
	if (body === undefined) res.end();
	else if (typeof body === 'string') res.type(body.startsWith('<') ? 'html' : 'text').send(body);
	else res.type('json').send(encode(body, world.options));
}

/** 1302, 1303 and the text that hides them; the other 429s do not pass by waiting. */
function isTemporary(body: unknown): boolean {
	const { code } = isRecord(body) ? body : {};
	return code === 1302 || code === 1303 || body === namedErrors.saturated.body;
}

export function mountApi(
	app: Express,
	world: () => World,
	done: (request: RecordedRequest) => void,
): void {
	app.use(express.json({ limit: '1mb' }));

	const serve = (name: ApiRoute, service: Service) => async (req: Request, res: Response) => {
		const now = world();
		const record = now.requests.open(req, name);
		const said = await handle(req, name, service, now, record);
		send(res, said, now, record);
		done(record);
	};

	const { prefix } = world().options;
	for (const route of klingRoutes) {
		const { name } = route;
		const service = name === 'create' ? createService(route) : klingService(route);
		app[route.method](prefix + route.path, serve(name, service));
	}
	app.get(`${prefix}/account/costs`, serve('costs', { letIn: keyOrJwt, answer: costs }));
	app.get('/api/usage/token', (_req, res) => res.redirect(301, '/api/usage/token/'));
	const tokenUsage: Service = { letIn: usageKey, answer: (_call, now) => usage(now) };
	app.get('/api/usage/token/', serve('usage', tokenUsage));

	const notOffered = (req: Request) =>
		prefix === '' ? klingError(1202) : invalidUrl(req.method, req.path);
	app.use((req, res) => {
		const record = world().requests.open(req, 'unknown');
		send(res, notOffered(req), world(), record);
		done(record);
	});
	const failed: ErrorRequestHandler = (error: Error & { status?: number }, req, res, next) => {
		if (res.headersSent) {
			next(error);
			return;
		}
		const record = world().requests.open(req, 'unknown');
		// The JSON reader's complaints carry a 4xx; anything else is a mistake of the sandbox itself.
		const isTheirs = error.status !== undefined && error.status < 500;
		if (!isTheirs) console.error(error);
		const answer = isTheirs
			? klingError(1200, `The body is not JSON: ${error.message}`)
			: klingError(5000, `The sandbox broke: ${error.message}`);
		send(res, answer, world(), record);
		done(record);
	};
	app.use(failed);
}
