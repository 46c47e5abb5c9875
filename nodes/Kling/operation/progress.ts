import type { OnLook } from '../tasks/wait';
import type { Item } from './item';

/**
 * Tells those who watch a run what a task is doing. A running node cannot write on n8n's canvas: n8n offers it the
 * console of the browser, for manual runs, and its own log.
 */
export const tellProgress =
	({ context, index }: Item): OnLook =>
	({ taskId, externalTaskId, status }, waitedMs) => {
		const task = `Task ${taskId ?? externalTaskId ?? 'without ID'} of item ${String(index)}`;
		const what = `${task}: ${status} after ${String(Math.round(waitedMs / 1000))} s`;
		context.sendMessageToUI(what);
		context.logger.debug(what);
	};
