import type { Request, RequestHandler, Response } from 'express';
import type { IWebhookData } from 'n8n-workflow';

import { HttpRefusal } from '../webhook/refusal.cjs';

type WebhookHandler = (req: Request, res: Response) => Promise<void>;

/** The addresses below `webhook/` or `webhook-test/` at which nodes listen. */
export class AddressBook {
	private readonly handlers = new Map<string, WebhookHandler>();

	constructor(private readonly hint: string) {}

	/** @throws when another node listens there */
	open({ httpMethod, path }: IWebhookData, handler: WebhookHandler): void {
		const key = keyOf(httpMethod, path);
		if (this.handlers.has(key)) throw new Error(`The webhook path is in use: ${key}`);
		this.handlers.set(key, handler);
	}

	close({ httpMethod, path }: IWebhookData): void {
		this.handlers.delete(keyOf(httpMethod, path));
	}

	readonly serve: RequestHandler = async (req, res) => {
		const path = [req.params.path ?? []].flat().join('/').replace(/\/$/, '');
		req.params = {};
		const handler = this.handlers.get(keyOf(req.method, path));
		if (!handler) throw this.unknown(req.method, path);
		await handler(req, res);
	};

	private unknown(method: string, path: string): HttpRefusal {
		const others = ['DELETE', 'GET', 'HEAD', 'PATCH', 'POST', 'PUT'].filter((other) =>
			this.handlers.has(keyOf(other, path)),
		);
		if (others.length === 0) {
			const message = `The requested webhook "${method} ${path}" is not registered.`;
			return new HttpRefusal(404, message, 404, this.hint);
		}
		const known = others.join(' or ');
		const question = `Did you mean to make a ${known} request?`;
		return new HttpRefusal(
			404,
			`This webhook is not registered for ${method} requests. ${question}`,
		);
	}
}

/** A node without a webhook id has its name in the path, which arrives decoded. */
function keyOf(method: string, path: string): string {
	try {
		return `${method} ${decodeURIComponent(path)}`;
	} catch {
		return `${method} ${path}`;
	}
}
