import type {
	IExecuteFunctions,
	INode,
	INodeExecutionData,
	INodeProperties,
	INodeType,
	NodeParameterValueType,
} from 'n8n-workflow';

import type { WorkflowFile } from '../../../sandbox/engine/index.cjs';
import { nodeTypes } from '../../../sandbox/engine/nodeTypes.cjs';
import { KLING, KLING_TOOL, KLING_TRIGGER } from '../workflows.cjs';

/**
 * What stands in for n8n's own nodes around ours. A node behind ours must not be pinned, or the test would believe
 * itself: those here evaluate the template's own conditions and expressions, on the real engine.
 */

export { KLING, KLING_TOOL };

export const isKling = ({ type }: INode) => [KLING, KLING_TOOL, KLING_TRIGGER].includes(type);

type Behaviour = (context: IExecuteFunctions) => INodeExecutionData[][];

interface Stand {
	/**
	 * Versions of the node that n8n 1.90 and n8n 2.41 both have: read in n8n-nodes-base and n8n-nodes-langchain
	 * 1.90.0 and 2.41. Data tables came with 1.113.
	 */
	version: number;
	/** What the node does; `start` is a trigger, to be pinned; without it a node refuses to run. */
	run?: Behaviour | 'start';
}

const TYPES: Record<string, Stand> = {
	'n8n-nodes-base.dataTable': { version: 1, run: evaluateParameters },
	'n8n-nodes-base.filter': {
		version: 2.2,
		run: (context) => [split(context)[0] ?? []],
	},
	'n8n-nodes-base.form': { version: 1, run: evaluateParameters },
	'n8n-nodes-base.formTrigger': { version: 2.2, run: 'start' },
	'n8n-nodes-base.if': { version: 2.2, run: split },
	'n8n-nodes-base.manualTrigger': { version: 1, run: 'start' },
	'n8n-nodes-base.noOp': { version: 1, run: (context) => [context.getInputData()] },
	'n8n-nodes-base.scheduleTrigger': { version: 1.2, run: 'start' },
	'n8n-nodes-base.set': { version: 3.4, run: assigned },
	'n8n-nodes-base.stickyNote': { version: 1 },
	'n8n-nodes-base.switch': { version: 3.2, run: routed },
	'n8n-nodes-base.telegram': { version: 1.2, run: evaluateParameters },
	'n8n-nodes-base.telegramTrigger': { version: 1.2, run: 'start' },
	'n8n-nodes-base.webhook': { version: 2, run: 'start' },
	'@n8n/n8n-nodes-langchain.agent': { version: 1.9 },
	'@n8n/n8n-nodes-langchain.chatTrigger': { version: 1.1, run: 'start' },
	'@n8n/n8n-nodes-langchain.lmChatOpenAi': { version: 1.2 },
	'@n8n/n8n-nodes-langchain.memoryBufferWindow': { version: 1.3 },
	[KLING]: { version: 1.1 },
	[KLING_TOOL]: { version: 1.1 },
	[KLING_TRIGGER]: { version: 1.1 },
};

export function knownType(type: string): Stand {
	const stand = TYPES[type];
	if (!stand)
		throw new Error(`Tests know no node type ${type}: add it with a version that n8n has`);
	return stand;
}

/**
 * Node types for all nodes of a template that are not ours. The engine throws parameters away that a node does not
 * declare, so each type declares what the template uses.
 */
export function standIns(file: WorkflowFile): Record<string, INodeType> {
	const others = file.nodes.filter((node) => !isKling(node));
	const types = new Map(others.map(({ type }) => [type, knownType(type)]));
	return Object.fromEntries(
		[...types].map(([type, stand]) => {
			const names = others
				.filter((node) => node.type === type)
				.flatMap((node) => Object.keys(node.parameters));
			return [type, standIn(type, stand, [...new Set(names)])];
		}),
	);
}

function standIn(type: string, { version, run }: Stand, names: string[]): INodeType {
	const description: INodeType['description'] = {
		displayName: type,
		name: type,
		group: [run === 'start' ? 'trigger' : 'transform'],
		version,
		description: 'Stands for a node of n8n',
		defaults: {},
		inputs: run === 'start' ? [] : ['main'],
		outputs: run === split || run === routed ? ['main', 'main'] : ['main'],
		properties: names.map((name) => ({ ...declared(name), displayName: name, name })),
	};
	if (typeof run === 'function') {
		return {
			description,
			async execute() {
				return run(this);
			},
		};
	}
	const refuse = () => Promise.reject(new Error(`${type} does not run here: pin its data`));
	return run === 'start' ? { description, trigger: refuse } : { description, execute: refuse };
}

function declared(name: string): Pick<INodeProperties, 'type' | 'default'> {
	if (name === 'conditions') return FILTER;
	return name === 'rules' ? RULES : { type: 'json', default: '' };
}

/** As n8n's Filter and IF declare it. */
const FILTER = {
	type: 'filter',
	default: {},
	typeOptions: { filter: { caseSensitive: true, typeValidation: 'strict', version: 2 } },
} satisfies Partial<INodeProperties>;

/** As n8n's Switch declares its rules. */
const RULES = {
	type: 'fixedCollection',
	typeOptions: { multipleValues: true },
	default: {},
	options: [
		{
			displayName: 'Values',
			name: 'values',
			values: [
				{ ...FILTER, displayName: 'Conditions', name: 'conditions' },
				{ displayName: 'Rename', name: 'renameOutput', type: 'boolean', default: false },
				{ displayName: 'Output', name: 'outputKey', type: 'string', default: '' },
			],
		},
	],
} satisfies Partial<INodeProperties>;

const passes = (context: IExecuteFunctions, name: string, item: number) =>
	context.getNodeParameter(name, item, false, { extractValue: true }) === true;

/** IF: what passes goes to the first output, the rest to the second. */
function split(context: IExecuteFunctions): INodeExecutionData[][] {
	const rows = context.getInputData();
	const isKept = rows.map((_, index) => passes(context, 'conditions', index));
	return [true, false].map((kept) => rows.filter((_, index) => isKept[index] === kept));
}

/** Switch: to the first rule that passes, else nowhere. */
function routed(context: IExecuteFunctions): INodeExecutionData[][] {
	const rules = context.getNodeParameter('rules.values', 0) as unknown[];
	const outputs: INodeExecutionData[][] = rules.map(() => []);
	context.getInputData().forEach((item, index) => {
		const rule = rules.findIndex((_, at) =>
			passes(context, `rules.values[${at}].conditions`, index),
		);
		outputs[rule]?.push(item);
	});
	return outputs;
}

/** Edit Fields. */
function assigned(context: IExecuteFunctions): INodeExecutionData[][] {
	const rows = context.getInputData().map((_, item) => {
		const { assignments } = context.getNodeParameter('assignments', item) as {
			assignments: { name: string; value: NodeParameterValueType }[];
		};
		const fields = assignments.map(({ name, value }) => [name, value]);
		return { json: Object.fromEntries(fields) as INodeExecutionData['json'], pairedItem: { item } };
	});
	return [rows];
}

/** A node that would write or send something: gives its parameters, expressions evaluated for each item. */
function evaluateParameters(context: IExecuteFunctions): INodeExecutionData[][] {
	const names = Object.keys(context.getNode().parameters);
	const rows = context.getInputData().map((_, item) => {
		const fields = names.map((name) => [name, context.getNodeParameter(name, item)]);
		return { json: Object.fromEntries(fields) as INodeExecutionData['json'], pairedItem: { item } };
	});
	return [rows];
}

/**
 * Our node as n8n makes a tool of it: `convertNodeToAiTool` of n8n, which is not part of n8n-core. The rest of the way,
 * from the agent's call to `execute()`, is n8n-core's.
 */
export function klingTool(): INodeType {
	const kling = nodeTypes.getByNameAndVersion(KLING);
	const { displayName, name, properties, usableAsTool: _, ...rest } = kling.description;
	const added: INodeProperties[] = [
		{
			displayName: 'Tool Description',
			name: 'descriptionType',
			type: 'options',
			options: [
				{ name: 'Set Automatically', value: 'auto' },
				{ name: 'Set Manually', value: 'manual' },
			],
			default: 'auto',
		},
		{
			displayName: 'Description',
			name: 'toolDescription',
			type: 'string',
			default: rest.description,
			displayOptions: { show: { descriptionType: ['manual'] } },
		},
	];
	return Object.assign(Object.create(kling) as INodeType, {
		description: {
			...rest,
			displayName: `${displayName} Tool`,
			name: `${name}Tool`,
			inputs: [],
			outputs: ['ai_tool'],
			properties: [...added, ...properties],
		},
	});
}

/** A stand-in that does something else where `act` has an answer. */
export function acting(
	file: WorkflowFile,
	type: string,
	act: (context: IExecuteFunctions) => INodeExecutionData[][] | undefined,
): Record<string, INodeType> {
	const usual = standIns(file)[type];
	if (!usual) throw new Error(`The template has no ${type}`);
	const node: INodeType = {
		...usual,
		async execute() {
			return act(this) ?? (await usual.execute?.call(this)) ?? [];
		},
	};
	return { [type]: node };
}
