import { setTimeout as sleep } from 'node:timers/promises';
import type { Request } from 'express';
import { costs, usage } from './account.cjs';
import { hasKnownKey, refuse } from './auth.cjs';
import { wrap } from './envelopes.cjs';
import { type RawResponse, klingError, namedErrors } from './errors.cjs';
import type { ApiCall, Route } from './routes.cjs';
import type { World } from './world.cjs';

type Maybe<T> = Promise<T | undefined> | T | undefined;

/** How one kind of call is authorized and answered; faults and recording are the same for all. */
export interface Endpoint {
	/** Resolves to undefined when the caller may come in. */
	authorize: (req: Request, world: World) => Maybe<RawResponse>;
	answer: (call: ApiCall, world: World) => Promise<RawResponse> | RawResponse;
}

const keyOrJwt: Endpoint['authorize'] = async (req, { options, limits }) =>
	(await refuse(req.headers.authorization, options)) ?? limits.tooFast();

/** Kling's new standard takes no signed token. */
const keyOnly: Endpoint['authorize'] = async (req, world) => {
	const refused = await keyOrJwt(req, world);
	if (refused || hasKnownKey(req.headers.authorization, world.options)) return refused;
	return klingError(1002, 'Authorization is invalid: an API key is required');
};

/** New-API answers an unknown key here with HTTP 200, the trap a credential test must not fall into. */
const usageKey: Endpoint['authorize'] = (req, { options }) => {
	if (req.headers.authorization === undefined) return namedErrors.noAuthorizationHeader;
	return hasKnownKey(req.headers.authorization, options) ? undefined : namedErrors.successFalse;
};

function klingEndpoint(route: Route): Endpoint {
	return {
		authorize: route.needsKey ? keyOnly : keyOrJwt,
		async answer(call, world) {
			const outcome = await route.handle(call, world);
			if ('status' in outcome) return outcome;
			const result = { ...outcome, request: call.body, requestId: call.requestId };
			const body = wrap(result, world.options, route.isWrite, call.fault?.envelope);
			return { status: 200, body };
		},
	};
}

/** A create call occupies a slot from here until its answer goes out. */
function createEndpoint(route: Route): Endpoint {
	const { authorize, answer } = klingEndpoint(route);
	return {
		authorize,
		async answer(call, world) {
			const { limits, options, tasks } = world;
			const refused = limits.acquireSlot();
			if (refused) return refused;
			try {
				const response = await answer(call, world);
				limits.recordPeak(tasks.living);
				if (options.createMs > 0) await pause(options.createMs, world);
				return response;
			} finally {
				limits.releaseSlot();
			}
		},
	};
}

export const endpointOf = (route: Route): Endpoint =>
	route.name === 'create' ? createEndpoint(route) : klingEndpoint(route);

export const costsEndpoint: Endpoint = { authorize: keyOrJwt, answer: costs };

export const usageEndpoint: Endpoint = {
	authorize: usageKey,
	answer: (_call, world) => usage(world),
};

export async function pause(ms: number, world: World): Promise<void> {
	// A stop ends the wait early; the socket is gone by then.
	await sleep(ms, undefined, { signal: world.stopping.signal }).catch(() => undefined);
}
