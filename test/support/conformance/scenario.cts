import type { IDataObject, INode } from 'n8n-workflow';
import type { SandboxOptions } from '../../../sandbox/kling/server.cjs';

/** An HTTP call at an address of the scenario's workflow. */
export interface Call {
	to: 'production' | 'test' | 'resume';
	/** Whose resume address: the number of an execution, from 1, in the order of their start. Default 1. */
	of?: number;
	/** What stands in place of the token in a resume address; null leaves it out. */
	signature?: string | null;
	/** What stands in place of the last part of the path; the empty text cuts it off. */
	lastPart?: string;
	/** Default POST. */
	method?: string;
	/** Query parameters beside those of the address. */
	query?: Record<string, string>;
	/** An object is sent as JSON. `<task 1>` in it is the ID of that task at Kling. */
	body?: unknown;
	/** Content type; null sends none. Default `application/json`. */
	type?: string | null;
	/** Content encoding that the call claims. */
	encoding?: string;
	/** How many such calls at the same moment. Default 1. */
	times?: number;
}

/** One thing that is done; what it gives is listed with the step in `Act`. */
export type Step =
	/** Publishes the workflow. Gives `published`, or n8n's reason why not. */
	| { do: 'activate' }
	| { do: 'deactivate' }
	/** Starts a production execution and waits until it pauses or ends. Gives its status. */
	| { do: 'start'; items: IDataObject[] }
	/** Gives the answer, or a list of answers for several at once. */
	| ({ do: 'call' } & Call)
	/** The button that tries a trigger. Gives `listening`, or `started` when nothing was waited for. */
	| { do: 'test' }
	/** The next poll of n8n's timer. At most one in a scenario. */
	| { do: 'poll' }
	/** n8n ends in peace and starts again. */
	| { do: 'restart' }
	/** Waits until a paused execution has ended. */
	| { do: 'ended'; of: number }
	/** Waits until an execution whose limit is over has gone on. */
	| { do: 'timeLimit'; of: number }
	| { do: 'cancel'; of: number }
	/** The button Retry of the executions list. */
	| { do: 'retry'; of: number }
	/** A task at Kling that no node has made. */
	| { do: 'task'; name: string; status: 'submitted' | 'succeed' | 'failed' }
	/** Ends a task at Kling: the number of the task, from 1. */
	| { do: 'finish'; task: number }
	/** Changes how Kling behaves. */
	| { do: 'kling'; options: SandboxOptions };

/** A step and what both hosts must give for it; absent for a step that gives nothing. */
export type Act = Step & { gives?: unknown };

/** An execution that the workflow has had. */
export interface SeenExecution {
	status: string;
	mode: string;
	/** JSON of the items that came out of the node behind the one that the scenario is about; `null` if it never ran. */
	next: IDataObject[] | null;
	/** Message of the error that ended it. */
	error?: string;
}

/** All that is compared. */
export interface Observation {
	/** By number and name of the step. */
	steps: Record<string, unknown>;
	executions: SeenExecution[];
}

/** The same for the engine harness and for n8n: what is done, and what must come out. */
export interface Scenario {
	/** A sentence about n8n, which stands alone. */
	title: string;
	/** One after the other on the canvas; the last is `Next`. */
	nodes: Pick<INode, 'name' | 'type' | 'typeVersion' | 'parameters' | 'disabled'>[];
	/** Names of the fields of `next` that are compared. Default: all. */
	fields?: string[];
	acts: Act[];
	/** In the order of their start. */
	executions: SeenExecution[];
	/** Where the harness is another by design. */
	byDesign?: {
		reason: string;
		/** What the harness gives instead. */
		engine: { steps?: Record<string, unknown>; executions?: SeenExecution[] };
	};
}
