import { bodyScenarios } from './body.cjs';
import { dedupScenarios } from './dedup.cjs';
import { pollScenarios } from './poll.cjs';
import { restartScenario } from './restart.cjs';
import { resumeScenarios } from './resume.cjs';
import { triggerScenarios } from './trigger.cjs';

export const scenarios = [
	...resumeScenarios,
	...triggerScenarios,
	...bodyScenarios,
	...pollScenarios,
	...dedupScenarios,
	restartScenario,
];
