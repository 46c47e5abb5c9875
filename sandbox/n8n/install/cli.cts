import { say } from '../../say.cjs';
import { seed } from '../client/seed.cjs';
import { installN8n } from './index.cjs';

/** All that is made once per machine, so that tests which run side by side find it there. */
async function install(): Promise<void> {
	await installN8n(say);
	await seed(say);
}

// npm leads a group of its own, which Ctrl-C does not reach.
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, () => process.exit(1));
install().catch((error: unknown) => {
	console.error(error instanceof Error ? error.message : String(error));
	process.exitCode = 1;
});
