import path from 'node:path';
import type { INodeType } from 'n8n-workflow';
import type { SandboxOptions } from '../../../sandbox/kling/server.cjs';
import { ProbeEnd } from './nodes/ProbeEnd.node.js';
import { ProbePause } from './nodes/ProbePause.node.js';
import { ProbeTrigger } from './nodes/ProbeTrigger.node.js';

/** n8n takes nodes of its user's own from it. */
export const PROBE_FOLDER = path.join(__dirname, 'nodes');

/** Under the names that n8n gives to them. */
export const PROBES: Record<string, INodeType> = {
	'CUSTOM.probeTrigger': new ProbeTrigger(),
	'CUSTOM.probePause': new ProbePause(),
	'CUSTOM.probeEnd': new ProbeEnd(),
};

const NEVER_MS = 24 * 3_600_000;

/** Nothing happens at Kling but what a scenario does, and no callback leaves by itself. */
export const KLING_OPTIONS: SandboxOptions = {
	callbacks: false,
	fetchClips: false,
	submittedMs: NEVER_MS,
	processingMs: NEVER_MS,
};
