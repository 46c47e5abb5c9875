import axios from 'axios';
import type { IDataObject } from 'n8n-workflow';

import type { ActiveWorkflow } from '../../../sandbox/engine/instance/index.cjs';
import { triggerWorkflow } from '../workflows.cjs';
import { credentialsFor, outputOf, type Instance, type Sandbox } from './kling.cjs';

export { triggerWorkflow };

/** What started the workflow, event by event. */
export async function events(workflow: ActiveWorkflow): Promise<IDataObject[]> {
	await workflow.idle();
	return workflow.executions.flatMap((run) =>
		outputOf(run, 'Kling Trigger').map(({ json }) => json),
	);
}

/** @returns the status of n8n's answer */
export async function call(
	{ url }: { url: string },
	body: unknown,
	headers: Record<string, string> = {},
): Promise<number> {
	// axios trims a text that is JSON, and a signature is over every byte.
	const data = typeof body === 'string' ? Buffer.from(body) : body;
	const { status } = await axios.post(url, data, {
		headers: { 'content-type': 'application/json', ...headers },
		validateStatus: () => true,
	});
	return status;
}

/** Triggers that are deactivated after each test. */
export function useTrigger(sandboxOf: () => Sandbox, instanceOf: () => Instance) {
	let active: ActiveWorkflow | undefined;
	afterEach(async () => {
		await active?.idle();
		await active?.deactivate();
		active = undefined;
	});
	return {
		/** @param fields of the credential, beside those that reach the sandbox */
		activate: async (parameters: IDataObject = {}, fields: IDataObject = {}) => {
			active = await instanceOf().activate(triggerWorkflow(parameters), {
				credentials: { ...credentialsFor(sandboxOf()), ...fields },
			});
			return active;
		},
		/** A voice that has ended at Kling, and what Kling calls with. */
		finished: (name = 'Narrator', as: 'succeed' | 'failed' = 'succeed') => {
			const { task_id } = sandboxOf().createTask({ voice_name: name });
			sandboxOf().finish(task_id, as, as === 'failed' ? 'There is music' : undefined);
			return { task_id, task_status: as };
		},
	};
}
