import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

// n8n-core reads these while it loads, so this file is imported before it. A run leaves nothing behind.
if (process.env.N8N_USER_FOLDER === undefined) {
	const folder = mkdtempSync(join(tmpdir(), 'kling-engine-'));
	process.env.N8N_USER_FOLDER = folder;
	process.env.N8N_BINARY_DATA_STORAGE_PATH = join(folder, 'files');
	process.on('exit', () => {
		rmSync(folder, { recursive: true, force: true });
	});
}
process.env.N8N_ENCRYPTION_KEY ??= 'for-the-sandbox-only';
process.env.N8N_LOG_LEVEL ??= 'silent';
process.env.N8N_DIAGNOSTICS_ENABLED ??= 'false';
