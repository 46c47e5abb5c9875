import {
	resolveWebhookDescriptionField,
	webhookDescriptionIsNativelyResolvable,
	type INode,
	type INodePropertyOptions,
	type INodeType,
} from 'n8n-workflow';
import built from '../../index.js';

const { KlingTrigger } = built as { KlingTrigger: new () => INodeType };
const { description } = new KlingTrigger();
const { webhooks: [address] = [], properties, triggerPanel } = description;

const listening = (receive: string): INode => ({
	id: '1',
	name: 'Kling Trigger',
	type: 'n8n-nodes-kling-voice.klingTrigger',
	typeVersion: 1.1,
	position: [0, 0],
	parameters: { receive },
});

const fieldOf = (receive: string, field: 'httpMethod' | 'ndvHideUrl' | 'path') => {
	if (!address) throw new Error('The trigger has no address');
	const read = resolveWebhookDescriptionField(listening(receive), address, field);
	return read.resolved ? read.value : address[field];
};

describe('The address of the trigger', () => {
	test.each([
		['callback', 'POST', false],
		['both', 'POST', false],
		['poll', '', true],
	])('with Receive Events %s has the method "%s", hidden: %s', (receive, method, isHidden) => {
		expect(fieldOf(receive, 'httpMethod')).toBe(method);
		expect(fieldOf(receive, 'ndvHideUrl')).toBe(isHidden);
	});

	test('always has a path, without which n8n logs an error', () => {
		expect(fieldOf('poll', 'path')).toBe('webhook');
	});

	test('costs n8n no expression engine for a call', () => {
		expect(address && webhookDescriptionIsNativelyResolvable(address)).toBe(true);
	});
});

describe('The panel of the trigger', () => {
	const said = JSON.stringify(triggerPanel);

	test('says who has to get the address, as Kling has no subscriptions', () => {
		expect(said).toContain('Kling has no subscriptions');
		expect(said).toContain('Production URL');
		expect(said).toContain('publish (activate)');
	});

	test('names the public address first in the notice on callbacks', () => {
		const notice = properties.find(({ name }) => name === 'callbackNotice');
		expect(notice?.displayName).toMatch(/^This n8n needs a public address/);
	});

	test('offers events that the node picker lists as "On task …"', () => {
		const events = properties.find(({ name }) => name === 'triggerOn')?.options ?? [];
		expect(events.map((event) => (event as INodePropertyOptions).action)).toEqual([
			'On task failed',
			'On task processing',
			'On task submitted',
			'On task succeeded',
		]);
	});
});
