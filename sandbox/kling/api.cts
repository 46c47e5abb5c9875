import express, {
	type ErrorRequestHandler,
	type Express,
	type Request,
	type Response,
} from 'express';
import { type Endpoint, costsEndpoint, endpointOf, pause, usageEndpoint } from './endpoints.cjs';
import { type RawResponse, invalidUrl, klingError, namedErrors } from './errors.cjs';
import type { FaultPlan } from './faults.cjs';
import { isRecord } from './kinds/rules.cjs';
import { isOffered } from './offers.cjs';
import type { RecordedRequest } from './requests.cjs';
import { type ApiCall, type Route, klingRoutes } from './routes.cjs';
import { encode } from './view.cjs';
import { type StrangeShape, strange } from './strange.cjs';
import type { World } from './world.cjs';

type Cut = 'cut';

/** Told of each request once it has been answered. */
type OnAnswered = (request: RecordedRequest) => void;

type Called = Pick<Route, 'name' | 'kind'>;

/** One request from arrival to answer. */
async function handle(
	req: Request,
	called: Called,
	endpoint: Endpoint,
	world: World,
	record: RecordedRequest,
): Promise<RawResponse | Cut> {
	if (!isOffered(called, world.options)) return invalidUrl(req.method, req.path);
	const refused = await endpoint.authorize(req, world);
	if (refused) return refused;
	const body = isRecord(req.body) ? req.body : {};
	const fault = world.faults.strike(called, body);
	record.fault = fault?.rule.kind;
	const { id = '' } = req.params;
	const call: ApiCall = {
		body,
		query: req.query,
		id: String(id),
		requestId: world.requestIds.uuid(),
		...(fault ? { fault } : {}),
	};
	if (!fault) return await endpoint.answer(call, world);
	return await faultyAnswer(fault, async () => endpoint.answer(call, world), world);
}

/** A fault may replace the handling of a request or only its answer; either way it may be slow and set headers. */
async function faultyAnswer(
	{ rule, before, after, shape }: FaultPlan,
	handled: () => Promise<RawResponse>,
	world: World,
): Promise<RawResponse | Cut> {
	const response = before ?? (await handled());
	if (rule.delayMs !== undefined) await pause(rule.delayMs, world);
	const answer = after ?? spoilt(response, shape);
	if (answer === 'cut' || rule.headers === undefined) return answer;
	return { ...answer, headers: rule.headers };
}

function spoilt(response: RawResponse | Cut, shape?: StrangeShape): RawResponse | Cut {
	if (shape === undefined || response === 'cut') return response;
	return { ...response, body: strange(response.body, shape) };
}

function send(
	res: Response,
	answer: RawResponse | Cut,
	world: World,
	record: RecordedRequest,
): void {
	record.status = answer === 'cut' ? 0 : answer.status;
	if (answer === 'cut') {
		res.socket?.resetAndDestroy();
		return;
	}
	const { status, body, headers = {} } = answer;
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

/** A picture of 10 MB and a sound of 5 MB, in Base64. */
const MOST_JSON = '24mb';

export function mountApi(app: Express, world: () => World, onAnswered: OnAnswered): void {
	app.use(express.json({ limit: MOST_JSON }));

	const serve = (called: Called, endpoint: Endpoint) => async (req: Request, res: Response) => {
		const now = world();
		const record = now.requests.open(req, called.name, called.kind);
		send(res, await handle(req, called, endpoint, now, record), now, record);
		onAnswered(record);
	};

	const { prefix } = world().options;
	for (const route of klingRoutes) {
		app[route.method](prefix + route.path, serve(route, endpointOf(route)));
	}
	app.get(`${prefix}/account/costs`, serve({ name: 'costs' }, costsEndpoint));
	app.get('/api/usage/token', (_req, res) => res.redirect(301, '/api/usage/token/'));
	app.get('/api/usage/token/', serve({ name: 'usage' }, usageEndpoint));
	mountRefusals(app, world, onAnswered);
}

/** What no route serves, and what express itself refuses. */
function mountRefusals(app: Express, world: () => World, onAnswered: OnAnswered): void {
	const refuse = (req: Request, res: Response, answer: RawResponse) => {
		const record = world().requests.open(req, 'unknown');
		send(res, answer, world(), record);
		onAnswered(record);
	};
	app.use((req, res) => {
		const isOfficial = world().options.prefix === '';
		refuse(req, res, isOfficial ? klingError(1202) : invalidUrl(req.method, req.path));
	});
	const failed: ErrorRequestHandler = (error: Error & { status?: number }, req, res, next) => {
		if (res.headersSent) {
			next(error);
			return;
		}
		// The JSON reader's complaints carry a 4xx; anything else is a mistake of the sandbox itself.
		const isTheirs = error.status !== undefined && error.status < 500;
		if (!isTheirs) console.error(error);
		const answer = isTheirs
			? klingError(1200, `The body is not JSON: ${error.message}`)
			: klingError(5000, `The sandbox broke: ${error.message}`);
		refuse(req, res, answer);
	};
	app.use(failed);
}
