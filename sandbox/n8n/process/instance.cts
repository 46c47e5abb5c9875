import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { endGroup } from './group.cjs';
import { installN8n } from '../install/index.cjs';
import { hasPackage, installPackage } from '../install/packageFolder.cjs';
import { freePort } from './ports.cjs';
import { settings } from './settings.cjs';

export type Command = 'start' | 'worker' | 'webhook';

export interface N8nOptions {
	/** n8n keeps everything in its `.n8n`. The package is installed into it unless it is there already. */
	userFolder: string;
	/** Default `start`. */
	command?: Command;
	/** Default: any free one. */
	port?: number;
	/** Wins over the settings that keep n8n quiet and offline. */
	env?: Record<string, string>;
	/** Default true; false leaves n8n without our package. */
	withPackage?: boolean;
	/** Ends n8n; one that is not ready yet then fails with the signal's reason. */
	signal?: AbortSignal;
}

/** n8n in a process group of its own, which ends with ours at the latest. */
export interface N8nProcess {
	/** `http://localhost:port` */
	readonly address: string;
	readonly pid: number;
	readonly userFolder: string;
	/** All that it printed. */
	log(): string;
	/** Where that is, too. */
	readonly logFile: string;
	/** Asks it to end, and waits until it has. Does nothing when it has ended already. */
	stop(): Promise<void>;
	/** Ends it and its task runners as a power cut would, and waits. */
	kill(): Promise<void>;
	/** Its exit code, or null when a signal ended it. */
	readonly exited: Promise<number | null>;
}

/** What each command prints once it can be used. */
const READY: Record<Command, string> = {
	start: 'Editor is now accessible',
	worker: 'n8n worker is now ready',
	webhook: 'Webhook listener waiting for requests',
};

/** How long a start may take, in milliseconds. */
const READY_WITHIN = 180_000;

/** Lines of n8n's own that an error tells. */
const TOLD_LINES = 25;

/**
 * Starts one n8n and waits until it can be used; installs n8n when this machine has none yet.
 * @throws in words, with the last lines of n8n's log, when it ends early or takes longer than three minutes
 */
export async function startN8n(options: N8nOptions): Promise<N8nProcess> {
	const { userFolder, command = 'start', signal } = options;
	const port = options.port ?? (await freePort());
	const child = await spawnN8n(options, port);
	const logFile = path.join(userFolder, `n8n-${command}.log`);
	const log = keepLog(child, logFile);
	const exited = once(child, 'exit').then(([code]) => code as number | null);
	const end = async (how: NodeJS.Signals) => {
		if (child.exitCode === null && child.signalCode === null) {
			if (how === 'SIGKILL') endGroup(child, how);
			else child.kill(how);
		}
		await exited;
		// Task runners that n8n itself did not end.
		endGroup(child, 'SIGKILL');
	};
	const stop = async () => end('SIGTERM');
	signal?.addEventListener('abort', () => void stop(), { once: true });
	try {
		await ready(child, READY[command], log);
	} catch (error) {
		await end('SIGKILL');
		signal?.throwIfAborted();
		throw error;
	}
	return {
		address: `http://localhost:${port}`,
		pid: child.pid ?? 0,
		userFolder,
		log: log.text,
		logFile,
		stop,
		kill: async () => end('SIGKILL'),
		exited,
	};
}

async function spawnN8n(options: N8nOptions, port: number): Promise<ChildProcess> {
	const { userFolder, command = 'start', signal } = options;
	const { node, n8n } = await installN8n(console.log, signal);
	if (options.withPackage !== false && !hasPackage(userFolder)) await installPackage(userFolder);
	const env = settings({ node, userFolder, port, brokerPort: await freePort() });
	signal?.throwIfAborted();
	return spawn(node, ['-r', path.join(__dirname, 'endWithParent.cjs'), n8n, command], {
		cwd: userFolder,
		// Ctrl-C in a terminal would otherwise end it before we could say so.
		detached: process.platform !== 'win32',
		stdio: ['pipe', 'pipe', 'pipe'],
		env: { ...env, ...options.env },
	});
}

interface Log {
	text: () => string;
	/** Told of everything so far whenever there is more. */
	onMore?: (text: string) => void;
}

function keepLog(child: ChildProcess, file: string): Log {
	const stream = fs.createWriteStream(file, { flags: 'a' });
	let all = '';
	const log: Log = { text: () => all };
	for (const output of [child.stdout, child.stderr]) {
		output?.setEncoding('utf8').on('data', (text: string) => {
			all += text;
			stream.write(text);
			log.onMore?.(all);
		});
	}
	child.once('close', () => stream.end());
	return log;
}

async function ready(child: ChildProcess, line: string, log: Log): Promise<void> {
	const failure = await new Promise<string | undefined>((resolve) => {
		const timer = setTimeout(
			() => resolve(`n8n was not ready after ${READY_WITHIN / 1000} s`),
			READY_WITHIN,
		);
		const settle = (result?: string) => {
			clearTimeout(timer);
			resolve(result);
		};
		log.onMore = (text) => {
			if (text.includes(line)) settle();
		};
		child.once('error', (error) => settle(`n8n could not be started: ${error.message}`));
		// Not at `exit`: then its last words may still be on their way.
		child.once('close', (code, signal) =>
			settle(`n8n ended (${String(code ?? signal)}) before it was ready`),
		);
	});
	delete log.onMore;
	if (failure === undefined) return;
	const lines = log.text().trimEnd().split('\n').slice(-TOLD_LINES);
	throw new Error([`${failure}. The last lines of its log:`, ...lines].join('\n'));
}
