import type {
	IExecuteFunctions,
	IHookFunctions,
	IPollFunctions,
	IWebhookFunctions,
} from 'n8n-workflow';

import { TASK_TYPES, type TaskType } from '../tasks/endpoints';

export type TriggerContext =
	IExecuteFunctions | IHookFunctions | IPollFunctions | IWebhookFunctions;

/** What the panel of the trigger says. */
export interface TriggerSettings {
	statuses: Set<string>;
	types: TaskType[];
	/** `callback`, `poll` or `both`. */
	receive: string;
	verify: boolean;
	simple: boolean;
}

export function readSettings(context: TriggerContext): TriggerSettings {
	// An execute context wants the item's number, the others have no items.
	const read = (name: string, fallback: unknown): unknown =>
		'getInputData' in context
			? context.getNodeParameter(name, 0, fallback as object)
			: context.getNodeParameter(name, fallback);
	const list = (name: string, fallback: string[]) => [read(name, fallback)].flat().map(String);
	const chosen = list('taskTypes', [...TASK_TYPES]);
	const types = TASK_TYPES.filter((type) => chosen.includes(type));
	return {
		statuses: new Set(list('triggerOn', ['succeed', 'failed'])),
		types,
		receive: String(read('receive', 'callback')),
		verify: isOn(read('options.verify', true)),
		simple: isOn(read('simplify', true)),
	};
}

/** An expression may give a switch as text; whatever is not clearly off is on. */
const isOn = (value: unknown): boolean => !/^false$/i.test(String(value).trim());
