import { installN8n } from './index.cjs';

installN8n((line) => console.log(`> ${line}`)).catch((error: unknown) => {
	console.error(error instanceof Error ? error.message : String(error));
	process.exitCode = 1;
});
