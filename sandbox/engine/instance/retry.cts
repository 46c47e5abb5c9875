import type { IRunExecutionData } from 'n8n-workflow';

/** What a failed execution has left to do, as n8n's Retry takes it up: the node that failed runs again. */
export function withoutFailure(data: IRunExecutionData): IRunExecutionData {
	const { resultData } = data;
	const runs = resultData.runData[resultData.lastNodeExecuted ?? ''];
	delete resultData.error;
	if (runs?.at(-1)?.error) runs.pop();
	return data;
}
