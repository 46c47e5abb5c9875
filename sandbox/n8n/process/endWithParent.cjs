// Loaded into n8n before n8n itself. Its standard input is a pipe that nobody writes to: it ends when the process that
// started n8n ends, even if that was killed and could do nothing more itself.
const { isMainThread } = require('node:worker_threads');

/** How long n8n may take to end gracefully, in milliseconds. */
const PATIENCE = 5_000;

function end() {
	process.kill(process.pid, 'SIGTERM');
	// A group of its own, so that the task runners end with it.
	const group = process.platform === 'win32' ? process.pid : -process.pid;
	setTimeout(() => process.kill(group, 'SIGKILL'), PATIENCE);
}

// n8n's threads load this as well, and their standard input ends at once.
if (isMainThread) process.stdin.resume().once('close', end);
