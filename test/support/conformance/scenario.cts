import type { IDataObject, INode } from 'n8n-workflow';
import type { SandboxOptions } from '../../../sandbox/kling/server.cjs';

/** An HTTP call at an address of the scenario's workflow. */
export interface Call {
	to: 'production' | 'test' | 'resume';
	/** Whose resume address: the number of an execution. Default 1. */
	of?: number;
	/** Replaces the token in a resume address; null removes it. */
	signature?: string | null;
	/** Replaces the last part of the path; an empty text removes it. */
	lastPart?: string;
	/** Default POST. */
	method?: string;
	/** Added to the query of the address. */
	query?: Record<string, string>;
	/** An object is sent as JSON. `<task 1>` in it is the ID of that task at Kling. */
	body?: unknown;
	/** Content type; null sends none. Default `application/json`. */
	type?: string | null;
	/** Content encoding that the call claims to have. */
	encoding?: string;
	/** How many such calls are made at the same moment. Default 1. */
	times?: number;
}

/** One thing that is done. Executions and tasks have numbers from 1, in the order of their start. */
export type Step =
	/** Publishes the workflow. Gives `published` or n8n's reason why not. */
	| { do: 'activate' }
	| { do: 'deactivate' }
	/** Starts a production execution and waits until it pauses or ends. Gives its status. */
	| { do: 'start'; items: IDataObject[] }
	/** Gives the answer, or a list of answers by status for several calls. */
	| ({ do: 'call' } & Call)
	/** Tries the trigger as the editor's button does. Gives `listening` or, if it waits for no call, `started`. */
	| { do: 'test' }
	/** The next poll by n8n's timer; at most one in a scenario. */
	| { do: 'poll' }
	/** Stops n8n and starts it again. */
	| { do: 'restart' }
	/** Waits until a paused execution has ended. */
	| { do: 'ended'; of: number }
	/** The time limit of a pause passes. */
	| { do: 'timeLimit'; of: number }
	| { do: 'cancel'; of: number }
	/** Retries a failed execution as the executions list does. */
	| { do: 'retry'; of: number }
	/** Adds a task at Kling that no node has created. */
	| { do: 'task'; name: string; status: 'submitted' | 'succeed' | 'failed' }
	/** Ends a task at Kling well. */
	| { do: 'finish'; task: number }
	/** Changes how Kling behaves. */
	| { do: 'kling'; options: SandboxOptions };

/** A step with what it must give; absent for a step that gives nothing. */
export type Act = Step & { gives?: unknown };

/** An execution that the workflow has had. */
export interface SeenExecution {
	status: string;
	mode: string;
	/** JSON of the items out of `Next`, the node that follows; `null` if it never ran. */
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

/** What is done on the engine harness and on n8n alike, and what must come out. */
export interface Scenario {
	/** A sentence about n8n, which stands alone. */
	title: string;
	/** In a row on the canvas; the last is `Next`. */
	nodes: Pick<INode, 'name' | 'type' | 'typeVersion' | 'parameters' | 'disabled'>[];
	/** Names of the fields of `next` that are compared. Default: all. */
	fields?: string[];
	acts: Act[];
	/** In the order of their start. */
	executions: SeenExecution[];
	/** Where the harness differs on purpose. */
	byDesign?: {
		reason: string;
		/** What comes out of the harness instead. */
		engine: { steps?: Record<string, unknown>; executions?: SeenExecution[] };
	};
}
