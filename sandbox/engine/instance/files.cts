import '../environment.cjs';

import { createRequire } from 'node:module';
import { pipeline, type Readable } from 'node:stream';
import type { RequestHandler, Response } from 'express';
import {
	BinaryDataConfig,
	BinaryDataService,
	FileLocation,
	FileNotFoundError,
	getHtmlSandboxCSP,
	prepareBinaryData,
} from 'n8n-core';
import type { IBinaryData, IRun, WorkflowExecuteMode } from 'n8n-workflow';

import { WORKFLOW_ID } from '../workflow.cjs';

interface Container {
	get<T>(type: new (...parameters: never[]) => T): T;
}

// Each n8n-core has a container of its own: ours must be the one that holds its services.
const { Container } = createRequire(require.resolve('n8n-core'))('@n8n/di') as {
	Container: Container;
};

export type BinaryMode = 'filesystem' | 'default';

let current: BinaryMode = 'default';

/**
 * Holds for the whole process, as in n8n, where it is a setting of the instance.
 * @returns the mode before
 */
export async function keepFilesIn(mode: BinaryMode): Promise<BinaryMode> {
	const before = current;
	current = mode;
	Container.get(BinaryDataConfig).mode = mode;
	await Container.get(BinaryDataService).init();
	return before;
}

export interface NewFile {
	name: string;
	mimeType: string;
	content: Buffer | Readable;
	/** As a file of a webhook or a form is stored: before its execution has an id. */
	temp?: boolean;
	/** Only for a workflow file that has an id of its own. */
	workflowId?: string;
}

export async function storeFile(executionId: string, file: NewFile): Promise<IBinaryData> {
	const { name, mimeType, content, temp = false, workflowId = WORKFLOW_ID } = file;
	return await prepareBinaryData(content, temp ? '' : executionId, workflowId, name, mimeType);
}

export async function openFile({ id = '' }: IBinaryData): Promise<Readable> {
	return await Container.get(BinaryDataService).getAsStream(id);
}

export async function deleteFiles(workflowId: string, executionId: string): Promise<void> {
	const location = FileLocation.ofExecution(workflowId, executionId);
	await Container.get(BinaryDataService).deleteMany([location]);
}

/**
 * Gives the files of a webhook the id of their execution, which n8n does when it saves the execution: an
 * address that was signed before leads nowhere from then on. Files that only a later node's input mentions
 * are not looked for, as in n8n.
 */
export async function renameTempFiles(
	run: IRun,
	executionId: string,
	mode: WorkflowExecuteMode,
): Promise<void> {
	if (mode !== 'webhook' || Container.get(BinaryDataConfig).mode === 'default') return;
	const files = new Map<string, IBinaryData[]>();
	for (const file of filesOf(run)) {
		const fileId = file.id?.split(':')[1];
		if (!fileId?.includes('/temp/')) continue;
		files.set(fileId, [...(files.get(fileId) ?? []), file]);
	}
	const service = Container.get(BinaryDataService);
	const rename = async ([oldId, mentions]: [string, IBinaryData[]]) => {
		const newId = oldId.replace('/temp/', `/${executionId}/`);
		await service.rename(oldId, newId);
		for (const file of mentions) file.id = file.id?.replace(oldId, newId);
	};
	// All at once, as n8n does: in 1.x a rename also removes the folder it took the file from.
	await Promise.all([...files].map(rename));
}

function filesOf({ data }: IRun): IBinaryData[] {
	return Object.values(data.resultData.runData)
		.flat()
		.flatMap((task) => task.data?.main ?? [])
		.flatMap((items) => items ?? [])
		.flatMap(({ binary }) => Object.values(binary ?? {}));
}

/** Errors of n8n's token library, of which each n8n-core has a copy of its own. */
const tokenErrors = new Set(['JsonWebTokenError', 'TokenExpiredError', 'NotBeforeError']);

/** `GET /rest/binary-data/signed?token=…`, which n8n serves without a login. */
export const serveSigned: RequestHandler = async (req, res) => {
	try {
		const { token } = req.query;
		const service = Container.get(BinaryDataService);
		const id = service.validateSignedToken(typeof token === 'string' ? token : '');
		await setFileHeaders(id, res);
		const stream = await service.getAsStream(id);
		// A receiver that hangs up is not our error; the stream is closed either way.
		pipeline(stream, res, () => undefined);
	} catch (error) {
		if (error instanceof FileNotFoundError) res.status(404).end();
		else if (error instanceof Error && tokenErrors.has(error.name)) {
			res.status(400).end(error.message);
		} else throw error;
	}
};

async function setFileHeaders(id: string, res: Response): Promise<void> {
	const metadata = await Container.get(BinaryDataService)
		.getMetadata(id)
		// n8n continues without it: opening the file shows whether it is there.
		.catch(() => undefined);
	if (metadata) res.set('Content-Length', String(metadata.fileSize));
	if (metadata?.mimeType) res.setHeader('Content-Type', metadata.mimeType);
	res.set('Content-Security-Policy', getHtmlSandboxCSP());
	const name = metadata?.fileName && `; filename="${encodeURIComponent(metadata.fileName)}"`;
	res.set('Content-Disposition', `attachment${name ?? ''}`);
}
