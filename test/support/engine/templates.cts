import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { IDataObject, INode, INodeExecutionData, INodeType, IRun } from 'n8n-workflow';

import type { WorkflowFile } from '../../../sandbox/engine/index.cjs';
import type { ActiveWorkflow } from '../../../sandbox/engine/instance/index.cjs';
import {
	credentialsFor,
	useInstance,
	useSandbox,
	type Instance,
	type InstanceRun,
	type Sandbox,
} from './kling.cjs';
import { standIns } from './templateNodes.cjs';

export * from './templateNodes.cjs';

const FOLDER = join(__dirname, '../../../workflows');

export const templateNames = readdirSync(FOLDER).filter((name) => name.endsWith('.json'));

export function templateText(name: string): string {
	return readFileSync(join(FOLDER, name), 'utf8');
}

type Change = (node: (name: string) => INode) => void;

/** @param change what the person who imports the template would enter */
export function template(name: string, change?: Change): WorkflowFile {
	const file = JSON.parse(templateText(name)) as WorkflowFile;
	change?.((wanted) => {
		const node = file.nodes.find(({ name: title }) => title === wanted);
		if (!node) throw new Error(`${name} has no node "${wanted}"`);
		return node;
	});
	return file;
}

export interface TemplateRun {
	/** The items of nodes that stand outside, by name: the trigger, and what is read before our nodes. */
	items: Record<string, INodeExecutionData[]>;
	executionId?: string;
	/** Instead of the stand-ins, by type. */
	nodeTypes?: Record<string, INodeType>;
}

export interface Templates {
	sandbox: () => Sandbox;
	instance: () => Instance;
	start: (file: WorkflowFile, run: TemplateRun) => InstanceRun;
	/** What "Publish" does, for a template that has a trigger. */
	activate: (file: WorkflowFile) => Promise<ActiveWorkflow>;
	/** Bodies of the creates that Kling received. */
	created: () => IDataObject[];
	/** Id of the first voice that Kling made. */
	voiceId: () => string;
	clipUrl: (name: string) => string;
}

/** Runs the tests of a file on one n8n, against a sandbox that judges clips. */
export function useTemplates(): Templates {
	const sandbox = useSandbox({ fetchClips: true, submittedMs: 300, processingMs: 500 });
	const instance = useInstance();
	return {
		sandbox,
		instance,
		start: (file, { nodeTypes: others, ...run }) =>
			instance().startWorkflow(file, {
				credentials: credentialsFor(sandbox()),
				...run,
				nodeTypes: { ...standIns(file), ...others },
			}),
		activate: async (file) =>
			await instance().activate(file, {
				credentials: credentialsFor(sandbox()),
				nodeTypes: standIns(file),
			}),
		created: () =>
			sandbox()
				.requests.filter(({ route }) => route === 'create')
				.map(({ body }) => body as IDataObject),
		voiceId: () => {
			const [voice] = sandbox().tasks.flatMap(({ voices }) => voices);
			if (!voice) throw new Error('Kling has made no voice');
			return voice.voice_id;
		},
		clipUrl: (name) => `${sandbox().origin}/_sandbox/clips/${name}`,
	};
}

export const clip = (name: string) =>
	readFileSync(join(__dirname, '../../../sandbox/kling/clips', name));

export const MANUAL = 'When clicking ‘Execute workflow’';

export const one = (row: IDataObject = {}): INodeExecutionData[] => [{ json: row }];

/** The JSON of what a node gave, from all its outputs together. */
export function given(run: IRun, node: string): IDataObject[] {
	const outputs = run.data.resultData.runData[node]?.[0]?.data?.main ?? [];
	return outputs.flatMap((rows) => rows ?? []).map((row) => row.json);
}

/** Of several nodes that a run may end in, those that it reached. */
export const reached = (run: IRun, ...nodes: string[]): string[] =>
	nodes.filter((node) => given(run, node).length > 0);

export const errorText = (run: IRun) => run.data.resultData.error?.message;

/** Enters values in an Edit Fields node. */
export function enter(node: INode, values: IDataObject): void {
	const { assignments } = node.parameters.assignments as {
		assignments: { name: string; value: unknown }[];
	};
	for (const field of assignments) field.value = values[field.name] ?? field.value;
}
