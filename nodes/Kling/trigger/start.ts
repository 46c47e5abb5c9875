import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { notSeenBefore } from './dedup';
import { sampleEvent } from './poll';

/** The start of an execution: each event gets through once; in a test run, and when a user repeats it, again. */
export async function onStart(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	const items = context.getInputData();
	const events = items.filter(({ json }) => typeof json.event_id === 'string');
	const mode = context.getMode();
	if (mode !== 'manual') {
		const firsts = await notSeenBefore(context, events);
		return [mode === 'retry' ? events : firsts];
	}
	return [events.length > 0 ? events : [await sampleEvent(context)]];
}
