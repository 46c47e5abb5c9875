import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { photoOf } from '../../sandbox/kling/connection.cjs';
import { rowsOf, useSandbox } from '../support/engine/kling.cjs';
import { useFastClock } from '../support/engine/fastClock.cjs';

useFastClock();
const sandboxOf = useSandbox({ fetchClips: true });

const page = readFileSync(join(__dirname, '../../docs/other-tasks.md'), 'utf8');

/** A path, and the body that stands below it. */
const examples = [...page.matchAll(/^Path `([^`]+)`[^\n]*\n+```json\n([^]*?)```/gm)].map(
	([, path = '', body = '']) => [path, body] as const,
);

describe('The page on other tasks', () => {
	it('has examples of image generation, virtual try-on, extension and effects', () => {
		expect(examples.map(([path]) => path)).toEqual([
			'/v1/images/generations',
			'/v1/images/kolors-virtual-try-on',
			'/v1/videos/video-extend',
			'/v1/videos/effects',
		]);
	});

	it.each(examples)('shows a body that %s takes', async (path, body) => {
		const sandbox = sandboxOf();
		const { task_id } = sandbox.createTask({ kind: 'textToVideo', body: { duration: '5' } });
		sandbox.finish(task_id);
		const [video] = sandbox.tasks.find((task) => task.task_id === task_id)?.videos ?? [];
		const [row] = await rowsOf(sandbox, {
			parameters: {
				resource: 'task',
				operation: 'create',
				path: { __rl: true, mode: 'id', value: path },
				body: body
					.replaceAll(/https:\/\/files\.example\.com\/\w+\.png/g, photoOf(sandbox))
					.replace('850087542757541250', video?.id ?? ''),
				downloadResults: false,
			},
		});
		expect(row).toMatchObject({
			task_status: 'succeed',
			result_url: expect.stringMatching(/^http/) as string,
		});
	});
});
