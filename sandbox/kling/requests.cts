import type { Request } from 'express';
import type { TaskKind } from './kinds/index.cjs';
import type { ApiRoute, FaultKind, ResolvedOptions } from './options.cjs';

export interface RecordedRequest {
	method: string;
	path: string;
	/** `unknown` = no such path. */
	route: ApiRoute | 'unknown';
	/** Of what kind of task; absent where there is none. */
	kind?: TaskKind;
	query: Record<string, unknown>;
	headers: Record<string, string | string[] | undefined>;
	body: unknown;
	/** performance.now() at arrival. */
	time: number;
	/** HTTP status answered; absent while there is none, 0 when the socket was destroyed. */
	status?: number;
	fault?: FaultKind;
}

export class RequestLog {
	readonly all: RecordedRequest[] = [];

	constructor(private readonly options: ResolvedOptions) {}

	open(req: Request, route: RecordedRequest['route'], kind?: TaskKind): RecordedRequest {
		const request: RecordedRequest = {
			method: req.method,
			path: req.path,
			route,
			...(kind === undefined ? {} : { kind }),
			query: req.query,
			headers: req.headers,
			body: req.body as unknown,
			time: performance.now(),
		};
		const keep = this.options.recordRequests;
		if (keep === false) return request;
		this.all.push(request);
		if (typeof keep === 'number' && this.all.length > keep) this.all.shift();
		return request;
	}
}
