import type { INodeProperties } from 'n8n-workflow';

import type { Operation } from '../operation/items';

/** What the file of an operation exports: its entry in the panel, its fields, and what it does. */
export interface OperationFile extends Operation {
	option: { name: string; value: string; action: string; description: string };
	/** Its part of the panel, from top to bottom; JSON only. */
	fields: INodeProperties[];
}

/** A group of operations in the panel. */
export interface Resource {
	name: string;
	value: string;
	/** The operation that a new node has. */
	default: string;
	/** In the order of the panel, from A to Z. */
	operations: OperationFile[];
}
