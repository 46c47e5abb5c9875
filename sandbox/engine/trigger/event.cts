import {
	createRunExecutionData,
	type ExecutionError,
	type INode,
	type INodeExecutionData,
	type IPinData,
	type IRunExecutionData,
} from 'n8n-workflow';

/** What a trigger hands to the execution that it starts. */
export interface TriggerEvent {
	node: INode;
	main: INodeExecutionData[][];
	/** What `webhook()` threw. */
	failure?: Error;
}

export function startedBy(
	{ node, main, failure }: TriggerEvent,
	pinData: IPinData,
): IRunExecutionData {
	const data = createRunExecutionData({
		executionData: { nodeExecutionStack: [{ node, data: { main }, source: null }] },
		resultData: { pinData },
	});
	if (failure) data.resultData = { ...resultAfterThrow(failure, node), pinData };
	return data;
}

/** n8n forgets what ran so far; the node's own error then ends the execution. */
export function resultAfterThrow(error: Error, { name }: INode): IRunExecutionData['resultData'] {
	const { message, stack } = error;
	return {
		runData: {},
		lastNodeExecuted: name,
		error: Object.assign({}, error as ExecutionError, { message, stack }),
	};
}
