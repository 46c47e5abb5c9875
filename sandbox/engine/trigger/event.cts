import {
	createRunExecutionData,
	type ExecutionError,
	type INode,
	type INodeExecutionData,
	type IPinData,
	type IRunExecutionData,
} from 'n8n-workflow';

/** What a trigger hands to the execution that it starts. */
export interface Event {
	node: INode;
	main: INodeExecutionData[][];
	/** What `webhook()` threw. */
	failure?: Error;
}

export function started({ node, main, failure }: Event, pinData: IPinData): IRunExecutionData {
	const data = createRunExecutionData({
		executionData: { nodeExecutionStack: [{ node, data: { main }, source: null }] },
		resultData: { pinData },
	});
	if (failure) data.resultData = { ...afterThrow(failure, node), pinData };
	return data;
}

/** n8n forgets what ran so far; the node's own error then ends the execution. */
export function afterThrow(error: Error, { name }: INode): IRunExecutionData['resultData'] {
	const { message, stack } = error;
	return {
		runData: {},
		lastNodeExecuted: name,
		error: Object.assign({}, error as ExecutionError, { message, stack }),
	};
}
