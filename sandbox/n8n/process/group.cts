import type { ChildProcess } from 'node:child_process';

/** No such group; on macOS also one of which only the dead are left. */
const GONE = ['ESRCH', 'EPERM'];

/** Sends a signal to a process that was started `detached`, and to all that it has started itself. */
export function endGroup(child: ChildProcess, signal: NodeJS.Signals): void {
	const { pid } = child;
	if (pid === undefined) return;
	try {
		// Windows knows no groups.
		process.kill(process.platform === 'win32' ? pid : -pid, signal);
	} catch (error) {
		// There may be nobody left.
		if (!GONE.includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
	}
}
