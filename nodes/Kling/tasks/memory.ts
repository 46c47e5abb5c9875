import type { IExecuteFunctions } from 'n8n-workflow';

/** What an execution knows of a create, by its external id. */
export type Mark =
	/** The request left; what came of it is not known. */
	| { state: 'sent' }
	| { state: 'made'; taskId: string }
	/** Kling refused it or failed its task, so the id is used up. */
	| { state: 'failed' };

/** Survives Retry On Fail, which runs the node again within the same execution. */
export interface CreateMemory {
	read: (externalTaskId: string) => Mark | undefined;
	/** @param mark `undefined` forgets the create */
	write: (externalTaskId: string, mark: Mark | undefined) => void;
}

const KEY = 'kling:';
const MADE = 'made:';
/** Enough for the retries of the largest runs. */
const MOST_IN_PROCESS = 20_000;

/** For contexts in which n8n keeps nothing, e.g. of some tools. */
const inProcess = new Map<string, unknown>();

/** Keeps plain texts in the context of the node, which n8n stores with the execution. */
export function memoryOf(context: Pick<IExecuteFunctions, 'getContext'>): CreateMemory {
	const stored = nodeContext(context);
	return {
		read: (id) => readMark(stored ? stored[KEY + id] : inProcess.get(id)),
		write: (id, mark) => {
			const text = mark && (mark.state === 'made' ? MADE + mark.taskId : mark.state);
			if (!stored) keepInProcess(id, text);
			else if (text === undefined) Reflect.deleteProperty(stored, KEY + id);
			else stored[KEY + id] = text;
		},
	};
}

function nodeContext(context: Pick<IExecuteFunctions, 'getContext'>) {
	try {
		return context.getContext('node');
	} catch {
		return undefined;
	}
}

function keepInProcess(id: string, text: string | undefined): void {
	inProcess.delete(id);
	if (text === undefined) return;
	inProcess.set(id, text);
	const [oldest] = inProcess.keys();
	if (inProcess.size > MOST_IN_PROCESS && oldest !== undefined) inProcess.delete(oldest);
}

/** Another version of this package, or another node, may have written there. */
function readMark(value: unknown): Mark | undefined {
	if (value === 'sent' || value === 'failed') return { state: value };
	if (typeof value !== 'string' || !value.startsWith(MADE)) return undefined;
	const taskId = value.slice(MADE.length);
	return taskId === '' ? { state: 'sent' } : { state: 'made', taskId };
}
