import type { Answer } from './call.cjs';

const answer = (status: number, body: unknown): Answer => ({ status, body });

/** One of n8n's own errors; those from 500 on have no code. */
const refusal = (status: number, message: string, hint?: string) =>
	answer(status, { code: status < 500 ? status : 0, message, ...(hint ? { hint } : {}) });

export const RECEIVED = answer(200, { message: 'Webhook call received' });
export const STARTED = answer(200, { message: 'Workflow was started' });
/** The name of n8n's default, for a description without response data. */
export const RESUMED = answer(200, 'firstEntryJson');

export const INVALID_TOKEN = answer(401, { error: 'Invalid token' });
export const UNPARSABLE = refusal(
	422,
	'Failed to parse request body',
	'Unexpected end of JSON input',
);
export const PROBLEM = refusal(500, 'There was a problem executing the workflow');
export const THROWN = refusal(500, 'Workflow Webhook Error: Workflow could not be started!');

/** @param of number of the execution */
export const noSuchPath = (of = 1) =>
	refusal(
		404,
		`The workflow for execution "<execution ${of}>" does not contain a waiting webhook with a matching path/method.`,
	);

export const running = (of = 1) =>
	refusal(409, `The execution "<execution ${of}>" is running already.`);

export const failed = (of = 1) =>
	refusal(409, `The execution "<execution ${of}>" has finished with error.`);

/** The missing quotation mark is n8n's. */
export const finished = (of = 1) =>
	refusal(409, `The execution "<execution ${of}> has finished already.`);

/** @param last what the path ends with */
export const notActive = (last = 'probe') =>
	refusal(
		404,
		`The requested webhook "POST <hook>/${last}" is not registered.`,
		"The workflow must be active for a production URL to run successfully. You can activate the workflow using the toggle in the top-right of the editor. Note that unlike test URL calls, production URL calls aren't shown on the canvas (only in the executions list)",
	);

export const NOT_LISTENING = refusal(
	404,
	'The requested webhook "<hook>/probe" is not registered.',
	"Click the 'Execute workflow' button on the canvas, then try again. (In test mode, the webhook only works for one call after you click this button)",
);

export const wrongMethod = (method: string) =>
	refusal(
		404,
		`This webhook is not registered for ${method} requests. Did you mean to make a POST request?`,
	);

/** Answers that nodes send by themselves. */
export const OWN = answer(202, { own: true });
export const said = (message: string, status = 200) => answer(status, { message });
