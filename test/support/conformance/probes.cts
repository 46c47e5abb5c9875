import path from 'node:path';
import type { INodeType } from 'n8n-workflow';
import type { SandboxOptions } from '../../../sandbox/kling/server.cjs';
import { ProbeEnd } from './nodes/ProbeEnd.node.js';
import { ProbePause } from './nodes/ProbePause.node.js';
import { ProbeTrigger } from './nodes/ProbeTrigger.node.js';

/** Where n8n looks for custom nodes. */
export const PROBE_FOLDER = path.join(__dirname, 'nodes');

/** By the names that n8n gives to custom nodes. */
export const PROBES: Record<string, INodeType> = {
	'CUSTOM.probeTrigger': new ProbeTrigger(),
	'CUSTOM.probePause': new ProbePause(),
	'CUSTOM.probeEnd': new ProbeEnd(),
};

const NEVER_MS = 24 * 3_600_000;

/** Nothing happens at Kling unless a scenario does it, and Kling calls nobody back. */
export const KLING_OPTIONS: SandboxOptions = {
	callbacks: false,
	fetchClips: false,
	submittedMs: NEVER_MS,
	processingMs: NEVER_MS,
};
