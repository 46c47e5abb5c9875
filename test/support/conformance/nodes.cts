import type { IDataObject, INodeParameters } from 'n8n-workflow';
import type { Scenario } from './scenario.cjs';

type Node = Scenario['nodes'][number];

const node = (name: string, type: string, typeVersion: number, parameters: IDataObject): Node => ({
	name,
	type,
	typeVersion,
	parameters: parameters as INodeParameters,
});

/** Starts an execution for each call. */
export const probeTrigger = (parameters: IDataObject = {}, version = 2): Node =>
	node('Start', 'CUSTOM.probeTrigger', version, parameters);

export const probePause = (parameters: IDataObject = {}, version = 2): Node =>
	node('Pause', 'CUSTOM.probePause', version, parameters);

export const next = node('Next', 'CUSTOM.probeEnd', 1, {});

/** Creates a voice and pauses until Kling calls. */
export const klingPause = (parameters: IDataObject = {}): Node =>
	node('Kling', 'n8n-nodes-kling-voice.kling', 1.1, {
		voiceName: '={{ $json.name }}',
		voiceUrl: 'http://127.0.0.1:9/narrator.mp3',
		waitFor: 'callback',
		...parameters,
	});

export const klingTrigger = (parameters: IDataObject = {}): Node =>
	node('Kling Trigger', 'n8n-nodes-kling-voice.klingTrigger', 1.1, parameters);
