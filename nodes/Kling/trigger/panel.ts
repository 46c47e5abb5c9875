import type { INodeTypeDescription } from 'n8n-workflow';

const HOW =
	'Kling has no subscriptions: it calls only the address that a task names. <br><br><b>To test</b>, click <b>Execute step</b> and create a task with the <b>Test URL</b> as its <b>Callback URL</b>. With <b>Polling</b>, the newest finished task is shown instead.<br><br>';

const LOG =
	'These executions are in the <a data-key="executions">list of executions</a>, not in the editor.';

/** What the editor says beside the button. n8n's default promises that it registers the address with the service. */
export const triggerPanel: INodeTypeDescription['triggerPanel'] = {
	header: 'Start with a Kling task',
	executionsHelp: {
		inactive: `${HOW}<b>To go live</b>, publish (activate) this workflow and create tasks with the <b>Production URL</b>. ${LOG}`,
		active: `${HOW}<b>This workflow is live</b>: create tasks with the <b>Production URL</b>. ${LOG}`,
	},
	activationHint: {
		inactive:
			'Publish (activate) this workflow to start it with every task. Unless it polls, give its Production URL to whatever creates the tasks.',
		active:
			'This workflow is live. Unless it polls, give its Production URL to whatever creates the tasks.',
	},
};
