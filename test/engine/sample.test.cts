import type { IDataObject, INodeExecutionData } from 'n8n-workflow';

import { openWebFile } from '../../nodes/Kling/media/webFile';
import type { SampleOptions } from '../../sandbox/kling/samples.cjs';
import {
	errorOf,
	NODE,
	outputOf,
	startOn,
	useInstance,
	useSandbox,
	VOICE,
	type InstanceNodeRun,
} from '../support/engine/kling.cjs';

const sandboxOf = useSandbox({ submittedMs: 10, processingMs: 10 });
const instanceOf = useInstance();

const MB = 1024 * 1024;

async function itemOf(
	parameters: IDataObject,
	run: Partial<InstanceNodeRun> = {},
): Promise<INodeExecutionData | undefined> {
	const result = await startOn(instanceOf(), sandboxOf(), {
		parameters: { ...VOICE, ...parameters },
		...run,
	}).finished;
	expect(errorOf(result)).toBeUndefined();
	return outputOf(result, NODE)[0];
}

const withSample = async (sample: SampleOptions = {}) => {
	sandboxOf().options.sample = sample;
	const item = await itemOf({ options: { downloadSample: true } });
	sandboxOf().options.sample = {};
	return item;
};

describe('Download Sample', () => {
	it('puts the sample into the item as audio, fetched without the API key', async () => {
		const item = await withSample();
		expect(item?.binary?.data).toMatchObject({
			mimeType: 'audio/mpeg',
			fileType: 'audio',
			// Named after the voice, not after its address.
			fileName: 'Narrator A.mp3',
		});
		const [request] = sandboxOf().samples;
		expect(request?.headers.authorization).toBeUndefined();
		expect(JSON.stringify(request?.headers)).not.toContain('sandbox-key');
	});

	it('fetches nothing when it is off', async () => {
		const item = await itemOf({});
		expect(item?.binary).toBeUndefined();
		expect(sandboxOf().samples).toEqual([]);
	});

	it('puts the file into the field that was named', async () => {
		const item = await itemOf({
			options: { downloadSample: true, outputPropertyName: ' voice ' },
		});
		expect(Object.keys(item?.binary ?? {})).toEqual(['voice']);
	});

	it('follows a redirect', async () => {
		expect((await withSample({ kind: 'redirect' }))?.binary?.data?.mimeType).toBe('audio/mpeg');
		expect(sandboxOf().samples).toHaveLength(2);
	});

	it.each<[string, SampleOptions, RegExp]>([
		['is gone', { kind: 'missing' }, /answered HTTP 404/],
		['is a web page', { kind: 'html' }, /It is text\/html, not sound/],
		[
			'says that it is huge',
			{ kind: 'huge', withLength: true, bytes: 60 * MB },
			/larger than 50 MB/,
		],
		['is huge and does not say so', { kind: 'huge' }, /larger than 50 MB/],
		[
			'is somewhere without http',
			{ kind: 'redirect', redirectTo: 'file:///etc/passwd' },
			/does not begin|not an address/,
		],
		[
			'redirects in a circle',
			{ kind: 'redirect', redirectTo: '' },
			/redirects too many times|HTTP/,
		],
	])('keeps the voice and says why when the sample %s', async (_, sample, reason) => {
		const item = await withSample(sample);
		expect(item?.json).toMatchObject({ task_status: 'succeed', voice_name: 'Narrator A' });
		expect(item?.json.hint).toMatch(reason);
		expect(item?.binary).toBeUndefined();
	});

	it('stops reading a sample that is too large', async () => {
		await withSample({ kind: 'huge', bytes: 400 * MB });
		expect(sandboxOf().samples[0]?.bytes).toBeLessThan(100 * MB);
	});

	it('works for a voice that Get waits for', async () => {
		const item = await itemOf({ waitFor: 'none' });
		const later = await itemOf({
			operation: 'get',
			voice: item?.json.task_id,
			options: { waitUntilFinished: true, downloadSample: true },
		});
		expect(later?.binary?.data?.fileType).toBe('audio');
	});

	it('refuses an address inside your own network when the API is public', async () => {
		const reply = await openWebFile(
			{ helpers: { httpRequest: () => Promise.reject(new Error('asked')) } } as never,
			'http://169.254.169.254/latest/meta-data',
			'www.kkiai.com',
			MB,
		);
		expect(reply).toMatchObject({
			ok: false,
			problem: { what: expect.stringContaining('inside your own machine') as string },
		});
	});
});
