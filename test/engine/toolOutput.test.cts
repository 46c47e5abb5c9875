import { NodeHelpers, type IDataObject, type INode, type INodePropertyOptions } from 'n8n-workflow';

import {
	TASK,
	VOICE,
	errorOf,
	rowsOf,
	runKling,
	errorItems,
	useSandbox,
} from '../support/engine/kling.cjs';
import { klingTool } from '../support/engine/templates.cjs';
import { nodeTypes } from '../../sandbox/engine/nodeTypes.cjs';
import { KLING, KLING_TOOL } from '../support/workflows.cjs';

const sandboxOf = useSandbox({ submittedMs: 0, processingMs: 0 });
const asTool = { type: KLING_TOOL };

/** Fields of Create, as n8n shows them for the node or for the tool that it makes of it. */
function shownFor(type: string, parameters: IDataObject = {}) {
	const { description } = type === KLING_TOOL ? klingTool() : nodeTypes.getByNameAndVersion(KLING);
	const node = { type, typeVersion: 1.1, parameters } as unknown as INode;
	const values = NodeHelpers.getNodeParameters(
		description.properties,
		node.parameters,
		true,
		false,
		node,
		description,
	);
	return description.properties.filter((property) =>
		NodeHelpers.displayParameter(values ?? {}, property, node, description),
	);
}

const waitsOf = (type: string) => {
	const fields = shownFor(type).filter(({ name }) => name === 'waitFor');
	return fields.map(({ options }) => (options as INodePropertyOptions[]).map(({ value }) => value));
};

describe('The panel of the tool of an AI agent', () => {
	it('does not offer to wait for a callback, as a tool cannot pause', () => {
		expect(waitsOf(KLING_TOOL)).toEqual([['poll', 'none']]);
		expect(waitsOf(KLING)).toEqual([['callback', 'poll', 'none']]);
	});

	it('has Output in place of Simplify', () => {
		const names = (type: string, parameters?: IDataObject) =>
			shownFor(type, parameters)
				.map(({ name }) => name)
				.filter((name) => /^(simplify|output)/.test(name));
		expect(names(KLING)).toEqual(['simplify']);
		expect(names(KLING_TOOL)).toEqual(['output']);
		expect(names(KLING_TOOL, { output: 'selectedFields' })).toEqual(['output', 'outputFields']);
	});
});

describe('The output of a tool', () => {
	const rows = async (parameters: IDataObject) =>
		await rowsOf(sandboxOf(), { parameters: { ...TASK, ...parameters }, settings: asTool });

	it('is simplified by default', async () => {
		const [row] = await rows({});
		expect(row).toHaveProperty('task_status');
		expect(row).not.toHaveProperty('task_result');
	});

	it('is what Kling sent with Raw', async () => {
		const [row] = await rows({ output: 'raw' });
		expect(row).toHaveProperty('task_info');
	});

	it('has only the fields that were named, in their order', async () => {
		const parameters = {
			...VOICE,
			output: 'selectedFields',
			outputFields: 'trial_url, voice_id,x',
		};
		const [row = {}] = await rowsOf(sandboxOf(), { parameters, settings: asTool });
		expect(Object.keys(row)).toEqual(['trial_url', 'voice_id']);
	});

	it('has only the fields that were named in lists, too', async () => {
		await rows({});
		const parameters = {
			operation: 'getAll',
			output: 'selectedFields',
			outputFields: 'voice_name',
		};
		const list = await rowsOf(sandboxOf(), { parameters, settings: asTool });
		expect(list).toEqual([{ voice_name: 'Narrator A' }]);
	});

	it('says which task it is while there is no voice, so that a model does not create it again', async () => {
		const [row = {}] = await rows({
			output: 'selectedFields',
			outputFields: 'voice_name,voice_id',
		});
		expect(Object.keys(row)).toEqual(['voice_name', 'task_id', 'external_task_id', 'task_status']);
	});

	it('says which task it is where no field has one of the names', async () => {
		const parameters = { ...VOICE, output: 'selectedFields', outputFields: 'voiceId,constructor' };
		const [row = {}] = await rowsOf(sandboxOf(), { parameters, settings: asTool });
		expect(Object.keys(row)).toEqual(['task_id', 'external_task_id', 'task_status']);
	});

	it('is refused before any request when no field was named', async () => {
		const parameters = { ...TASK, output: 'selectedFields', outputFields: ' , ' };
		const run = await runKling(sandboxOf(), { parameters, settings: asTool });
		const said = errorOf(run) ?? JSON.stringify([errorItems(run), run.data.resultData.runData]);
		expect(said).toContain('No fields are selected');
		expect(sandboxOf().requests).toEqual([]);
	});
});

describe('Wait For: Nothing', () => {
	it('outputs the name that the voice will have', async () => {
		const [row = {}] = await rowsOf(sandboxOf(), {
			parameters: { ...TASK, voiceName: '  Narrator B  ' },
		});
		expect(row.voice_name).toBe('Narrator B');
		expect(sandboxOf().requests[0]?.body).toMatchObject({ voice_name: 'Narrator B' });
	});
});
