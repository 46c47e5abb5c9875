import { createServer } from 'node:http';

import express from 'express';

import { listenLocally } from '../../sandbox/localServer.cjs';

/** The part of GitLab's API that its trigger needs to be activated. */
export interface GitlabStandIn {
	/** `http://127.0.0.1:port` */
	address: string;
	/** What the trigger expects in `x-gitlab-token` of each call. */
	token: () => string;
	close: () => Promise<void>;
}

export async function startGitlab(): Promise<GitlabStandIn> {
	let token = '';
	const app = express().use(express.json());
	app.post('/api/v4/projects/:project/hooks', (request, response) => {
		({ token } = request.body as { token: string });
		response.status(201).json({ id: 1 });
	});
	app.all('/api/v4/projects/:project/hooks/:id', (_request, response) => {
		response.json({ id: 1 });
	});
	const { port, close } = await listenLocally(createServer(app));
	return { address: `http://127.0.0.1:${String(port)}`, token: () => token, close };
}
