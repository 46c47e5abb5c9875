import fs from 'node:fs';
import path from 'node:path';
import type { WorkflowFile } from '../../engine/index.cjs';
import type { N8nRest } from './rest.cjs';

const FOLDER = path.join(__dirname, '../../../workflows');

/** Workflow ids by the template's file. */
export type Imported = Record<string, string>;

export function readTemplate(file: string): WorkflowFile {
	return JSON.parse(fs.readFileSync(path.join(FOLDER, file), 'utf8')) as WorkflowFile;
}

/** Addresses and the ID of a video in the templates that are nobody's, and what stands for them here. */
export type Examples = Record<
	| 'https://files.example.com/narrator.mp3'
	| 'https://files.example.com/host.png'
	| 'https://files.example.com/host.mp4'
	| 'https://n8n.example.com'
	| '850087542757541250',
	string
>;

interface ImportOptions {
	credentialId: string;
	/** Templates that were imported before; the user may have renamed or deleted them since. */
	before?: Imported | undefined;
	/** Given when a template can be run as it is. */
	examples?: Examples | undefined;
}

/**
 * Imports every template of `workflows/` that was not imported before.
 * @returns all that have been imported
 */
export async function importTemplates(
	rest: N8nRest,
	{ credentialId, before = {}, examples }: ImportOptions,
): Promise<Imported> {
	const files = fs.readdirSync(FOLDER).filter((file) => file.endsWith('.json'));
	const imported = { ...before };
	for (const file of files.sort()) {
		if (file in before) continue;
		const workflow = withExamples(readTemplate(file), examples);
		const credentials = { klingApi: credentialId };
		const { id } = await rest.importWorkflow(workflow, { credentials });
		imported[file] = id;
	}
	return imported;
}

function withExamples(workflow: WorkflowFile, examples?: Examples): WorkflowFile {
	const text = Object.entries(examples ?? {}).reduce(
		(replaced, [example, address]) => replaced.replaceAll(example, address),
		JSON.stringify(workflow),
	);
	return JSON.parse(text) as WorkflowFile;
}
