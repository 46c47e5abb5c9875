import fs from 'node:fs';
import path from 'node:path';
import type { WorkflowFile } from '../engine.cjs';
import type { N8nRest } from './rest.cjs';

const FOLDER = path.join(__dirname, '../../workflows');

/** Workflow ids by the template's file. */
export type Imported = Record<string, string>;

export function readTemplate(file: string): WorkflowFile {
	return JSON.parse(fs.readFileSync(path.join(FOLDER, file), 'utf8')) as WorkflowFile;
}

/**
 * Imports every template of `workflows/` that was not imported before.
 * @param before those that were: somebody may have renamed or deleted theirs since
 * @returns all that have been imported
 */
export async function importTemplates(
	rest: N8nRest,
	credentialId: string,
	before: Imported = {},
): Promise<Imported> {
	const files = fs.readdirSync(FOLDER).filter((file) => file.endsWith('.json'));
	const imported = { ...before };
	for (const file of files.sort()) {
		if (file in before) continue;
		const credentials = { klingApi: credentialId };
		const { id } = await rest.importWorkflow(readTemplate(file), { credentials });
		imported[file] = id;
	}
	return imported;
}
