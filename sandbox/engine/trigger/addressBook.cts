import type { Request, RequestHandler, Response } from 'express';
import type { IWebhookData } from 'n8n-workflow';

import { HttpRefusal } from '../webhook/refusal.cjs';

type WebhookHandler = (req: Request, res: Response) => Promise<void>;

const LIVE_HINT =
	"The workflow must be active for a production URL to run successfully. You can activate the workflow using the toggle in the top-right of the editor. Note that unlike test URL calls, production URL calls aren't shown on the canvas (only in the executions list)";
const TEST_HINT =
	"Click the 'Execute workflow' button on the canvas, then try again. (In test mode, the webhook only works for one call after you click this button)";

/** The addresses below `webhook/` or `webhook-test/` at which nodes listen. */
export class AddressBook {
	private readonly handlers = new Map<string, WebhookHandler>();

	/** @param isTest n8n words its answers at a test address in another way */
	constructor(private readonly isTest: boolean) {}

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
			const called = this.isTest ? path : `${method} ${path}`;
			const message = `The requested webhook "${called}" is not registered.`;
			return new HttpRefusal(404, message, 404, this.isTest ? TEST_HINT : LIVE_HINT);
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
