import { startInstance } from '../../sandbox/engine/instance/index.cjs';
import { postJson } from '../support/engine/http.cjs';
import { inAnHour, type ExecuteMethod } from '../support/engine/testNodes.cjs';
import {
	resumeUrlOf,
	resumeWith,
	startOnInstance,
	useWaiter,
	waiter,
} from '../support/engine/waiter.cjs';

const { instanceOf, start } = useWaiter();

describe('A file on the instance', () => {
	const content = Buffer.from('a clip');
	const clip = { name: 'clip ä.mp3', mimeType: 'audio/mpeg', content };
	/** Signs its file as it came and as a copy of its own, pauses, and gives both addresses. */
	const sign: ExecuteMethod = async function () {
		const file = this.helpers.assertBinaryData(0, 'data');
		const stream = await this.helpers.getBinaryStream(file.id ?? '');
		const copy = await this.helpers.prepareBinaryData(stream, file.fileName, file.mimeType);
		const [item] = this.getInputData();
		const signed = (binary: typeof file) => this.helpers.createBinarySignedUrl(binary, '1h');
		if (item) item.json = { came: signed(file), copied: signed(copy) };
		await this.putExecutionToWait(inAnHour());
		return [[]];
	};
	const signing = waiter(sign, async function () {
		return { webhookResponse: this.evaluateExpression('{{ $input.first() }}', 0) as object };
	});
	interface Signed {
		json: { came: string; copied: string };
		binary: { data: { id: string } };
	}
	async function signedFiles(temp: boolean, id: string): Promise<Signed> {
		const data = await instanceOf().storeFile(id, { ...clip, temp });
		const run = start(signing, [{ json: {}, binary: { data } }], id);
		expect((await run.paused).status).toBe('waiting');
		return JSON.parse((await postJson(resumeUrlOf(run))).text) as Signed;
	}

	it('is served at its signed address until its execution is deleted', async () => {
		const { json } = await signedFiles(false, 'f1');
		for (const method of ['GET', 'HEAD']) {
			const response = await fetch(json.came, { method });
			expect(response.status).toBe(200);
			expect(response.headers.get('content-type')).toBe('audio/mpeg');
			expect(response.headers.get('content-length')).toBe(String(content.length));
			expect(response.headers.get('content-disposition')).toContain('clip%20%C3%A4.mp3');
			expect(await response.text()).toBe(method === 'GET' ? 'a clip' : '');
		}
		expect((await fetch(`${json.came.slice(0, -6)}abcdef`)).status).toBe(400);
		await instanceOf().deleteExecution('f1');
		expect((await fetch(json.came)).status).toBe(404);
	});

	it('moves when its execution is saved, if it came with a webhook, and its signed address stops working', async () => {
		const { json, binary } = await signedFiles(true, 'f2');
		expect((await fetch(json.came)).status).toBe(404);
		expect(await (await fetch(json.copied)).text()).toBe('a clip');
		expect(binary.data.id).toContain('/executions/f2/');
	});

	it('cannot be signed where n8n keeps files in memory', async () => {
		const other = await startInstance({ binaryMode: 'default' });
		try {
			const data = await other.storeFile('f3', clip);
			expect(data).toMatchObject({ data: content.toString('base64') });
			const type = waiter(async function () {
				const binary = this.helpers.assertBinaryData(0, 'data');
				return [[{ json: { url: this.helpers.createBinarySignedUrl(binary) } }]];
			}, resumeWith({}));
			const run = startOnInstance(other, type, [{ json: {}, binary: { data } }]);
			const { status, data: after } = await run.finished;
			expect(status).toBe('error');
			expect(after.resultData.error?.message).toContain('memory mode');
		} finally {
			await other.close();
		}
	});
});
