import {
	CLIP,
	TASK,
	errorItems,
	errorOf,
	rowsOf,
	runKling,
	useSandbox,
} from '../support/engine/kling.cjs';
import { KLING_TOOL } from '../support/workflows.cjs';

const sandboxOf = useSandbox();
const asTool = { type: KLING_TOOL };

const withExtra = (additionalFields: object | string) => ({
	...TASK,
	options: { additionalFields },
});

describe('Additional Fields of a tool', () => {
	it.each([
		['voice_name', '{"voice_name":"Somebody else"}'],
		['voice_url', { voice_url: 'http://127.0.0.1:9/other.mp3' }],
		['video_id', '{"video_id":"8500"}'],
		['callback_url', '{"callback_url":"https://stranger.example.com/"}'],
		['external_task_id', '{"note":1,"external_task_id":"order-1"}'],
	])('may not set %s: refused before any request, in words', async (name, extra) => {
		const sandbox = sandboxOf();
		const run = await runKling(sandbox, { parameters: withExtra(extra), settings: asTool });
		const said = errorOf(run) ?? JSON.stringify([errorItems(run), run.data.resultData.runData]);
		expect(said).toContain(name);
		expect(said).toContain('Additional Fields (JSON) of a tool sets');
		expect(said).toContain('Nothing was sent to Kling.');
		expect(sandbox.requests).toEqual([]);
	});

	it('may set what the panel has no field for', async () => {
		const sandbox = sandboxOf();
		const parameters = withExtra('{"model_name":"kling-custom-voices"}');
		await rowsOf(sandbox, { parameters, settings: asTool });
		expect(sandbox.requests[0]?.body).toMatchObject({
			voice_name: 'Narrator A',
			voice_url: CLIP,
			model_name: 'kling-custom-voices',
		});
	});

	it('may replace documented fields where no model fills them in: in a node of a workflow', async () => {
		const sandbox = sandboxOf();
		await rowsOf(sandbox, { parameters: withExtra('{"voice_name":"Mine"}') });
		expect(sandbox.requests[0]?.body).toMatchObject({ voice_name: 'Mine' });
	});
});
