import { startEngineHost } from '../support/conformance/engineHost.cjs';
import type { Host } from '../support/conformance/host.cjs';
import { scenarios } from '../support/conformance/index.cjs';
import { startN8nHost } from '../support/conformance/n8nHost.cjs';
import { expected, observe } from '../support/conformance/observe.cjs';

let engine: Host;
let n8n: Host;

beforeAll(async () => {
	engine = await startEngineHost();
	n8n = await startN8nHost();
}, 300_000);

afterAll(async () => {
	await n8n.close();
	await engine.close();
});

test.each(scenarios.map((scenario, index) => ({ ...scenario, key: `conformance-${index}` })))(
	'the engine harness and n8n agree: $title',
	async ({ key, ...scenario }) => {
		const [onEngine, onN8n] = [
			await observe(engine, scenario, key),
			await observe(n8n, scenario, key),
		];
		if (!scenario.byDesign) expect(onEngine).toEqual(onN8n);
		expect(onN8n).toEqual(expected(scenario, 'n8n'));
		expect(onEngine).toEqual(expected(scenario, 'engine'));
	},
);
