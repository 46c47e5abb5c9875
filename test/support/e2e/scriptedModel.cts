import { createServer } from 'node:http';
import express from 'express';
import { listenLocally } from '../../../sandbox/localServer.cjs';

interface ChatMessage {
	role: 'system' | 'user' | 'assistant' | 'tool';
	content: string | null;
}

/** What n8n's OpenAI Chat Model sends. */
export interface ModelRequest {
	stream?: boolean;
	messages: ChatMessage[];
	tools?: { function: { name: string; description: string; parameters: object } }[];
}

/** Stands where OpenAI's API would be, and speaks as much of it as an agent needs. */
export interface ScriptedModel {
	/** For the credential: `http://127.0.0.1:port/v1` */
	address: string;
	/** All that it was asked, in order. */
	asked: ModelRequest[];
	close(): Promise<void>;
}

/**
 * Asked to “make a voice called … from …”, it calls the tool that it was given, and tells the voice ID or
 * what else the tool answers.
 * What is not in the script, or asked for in one piece, it refuses with status 400. n8n wants a stream.
 */
export async function startScriptedModel(): Promise<ScriptedModel> {
	const asked: ModelRequest[] = [];
	const app = express();
	app.use(express.json({ limit: '1mb' }));
	app.post('/v1/chat/completions', (req, res) => {
		const request = req.body as ModelRequest;
		asked.push(request);
		const message = answer(request);
		if (!message || !request.stream) {
			res.status(400).json({ error: { message: 'That is not in the script' } });
			return;
		}
		res.type('text/event-stream').end(streamed(message).join(''));
	});
	const { port, close } = await listenLocally(createServer(app));
	return { address: `http://127.0.0.1:${port}/v1`, asked, close };
}

interface AssistantMessage {
	content: string | null;
	tool_calls?: object[];
}

function answer({ messages, tools = [] }: ModelRequest): AssistantMessage | undefined {
	const last = messages.at(-1);
	const said = last?.content ?? '';
	if (last?.role === 'tool') return { content: inWords(said) };
	const wish = /called (?<voice_name>.+) from (?<voice_url>\S+)/.exec(said)?.groups;
	const [tool] = tools;
	if (!wish || !tool) return undefined;
	const called = { name: tool.function.name, arguments: JSON.stringify(wish) };
	return {
		content: null,
		tool_calls: [{ index: 0, id: 'call_1', type: 'function', function: called }],
	};
}

/** @param result of the tool, as n8n hands it to a model */
function inWords(result: string): string {
	const id = /"voice_id":"(?<id>\d+)"/.exec(result)?.groups?.id;
	return id === undefined ? `There is no voice: ${result}` : `The voice is ready. Its ID is ${id}.`;
}

/** The whole answer in one piece, its end, and what the API says after that. */
function streamed({ content, tool_calls }: AssistantMessage): string[] {
	const common = { id: 'answer', object: 'chat.completion.chunk', created: 0, model: 'scripted' };
	const choices = [
		{ index: 0, delta: { role: 'assistant', content, tool_calls }, finish_reason: null },
		{ index: 0, delta: {}, finish_reason: tool_calls ? 'tool_calls' : 'stop' },
	];
	const chunks = choices.map((choice) => JSON.stringify({ ...common, choices: [choice] }));
	return [...chunks, '[DONE]'].map((data) => `data: ${data}\n\n`);
}
