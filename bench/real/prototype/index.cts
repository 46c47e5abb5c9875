import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { build } from 'esbuild';
import type { INode } from 'n8n-workflow';

import { CLIP, klingCredential, nodeOf } from '../../../test/support/workflows.cjs';

/** A folder of custom nodes for n8n. */
export interface PrototypeFolder {
	/** What n8n must be started with. */
	env: Record<string, string>;
	remove: () => void;
}

/** Compiles the bare pause into a folder from which n8n loads it. */
export async function prototypeFolder(): Promise<PrototypeFolder> {
	const folder = mkdtempSync(join(tmpdir(), 'kling-prototype-'));
	await build({
		entryPoints: [{ in: join(__dirname, 'PausePrototype.node.cts'), out: 'PausePrototype.node' }],
		outdir: folder,
		platform: 'node',
		format: 'cjs',
		bundle: true,
	});
	return {
		env: { N8N_CUSTOM_EXTENSIONS: folder },
		remove: () => {
			rmSync(folder, { recursive: true, force: true });
		},
	};
}

/** Makes one voice, as the Kling node of the bench does. */
export const pausePrototype = (): INode =>
	nodeOf(
		'Create',
		'CUSTOM.pausePrototype',
		{ voiceName: '={{ $json.name }}', voiceUrl: CLIP },
		{ typeVersion: 2, credentials: klingCredential() },
	);
