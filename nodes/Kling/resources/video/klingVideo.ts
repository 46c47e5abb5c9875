import { listOrId } from '../../operation/fields';

/** A finished video of Kling, to make something else from. */
export const klingVideoField = (name: string) =>
	listOrId({
		displayName: 'Video',
		name,
		description: 'A finished video of the last 30 days',
		search: 'searchVideos',
		select: 'a video',
		example: '850087542757541250',
		hint: 'The ID under task_result.videos of the finished task, not the ID of that task',
	});
