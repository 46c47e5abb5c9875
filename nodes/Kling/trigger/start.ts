import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { firstTime } from './once';
import { sampleEvent } from './poll';

/** The start of an execution: each event gets through once, in a test run as often as it is sent. */
export async function onStart(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	const items = context.getInputData();
	const events = items.filter(({ json }) => typeof json.event_id === 'string');
	if (context.getMode() !== 'manual') return [await firstTime(context, events)];
	return [events.length > 0 ? events : [await sampleEvent(context)]];
}
