import type { INodeProperties } from 'n8n-workflow';

import { modelsWithout } from './models';

/** Kling's pages on image and text to video. */
const MOST_MOVEMENT = 10;

export const watermarkOption: INodeProperties = {
	displayName: 'Watermark',
	name: 'watermark',
	type: 'boolean',
	default: false,
	description: 'Whether Kling also gives a copy of the video with its watermark',
};

const hideFor = (key: 'camera_control' | 'cfg_scale') => ({
	hide: { '/model': modelsWithout(({ takes }) => takes.includes(key)) },
});

export const sceneOptions: INodeProperties[] = [
	{
		displayName: 'Camera',
		name: 'camera',
		type: 'fixedCollection',
		default: {},
		placeholder: 'Add Camera Movement',
		description: 'How the camera moves. Only for models 1.x.',
		displayOptions: hideFor('camera_control'),
		options: [
			{
				displayName: 'Movement',
				name: 'movement',
				values: [
					{
						displayName: 'Type',
						name: 'type',
						type: 'options',
						default: 'simple',
						options: [
							{ name: 'Along One Axis', value: 'simple' },
							{ name: 'Down and Back', value: 'down_back' },
							{ name: 'Forward and Up', value: 'forward_up' },
							{ name: 'Left Turn and Forward', value: 'left_turn_forward' },
							{ name: 'Right Turn and Forward', value: 'right_turn_forward' },
						],
					},
					{
						displayName: 'Axis',
						name: 'axis',
						type: 'options',
						default: 'zoom',
						displayOptions: { show: { type: ['simple'] } },
						options: ['Horizontal', 'Pan', 'Roll', 'Tilt', 'Vertical', 'Zoom'].map((name) => ({
							name,
							value: name.toLowerCase(),
						})),
					},
					{
						displayName: 'Amount',
						name: 'amount',
						type: 'number',
						default: 5,
						typeOptions: { minValue: -MOST_MOVEMENT, maxValue: MOST_MOVEMENT },
						description: 'From -10 to 10',
						displayOptions: { show: { type: ['simple'] } },
					},
				],
			},
		],
	},
	{
		displayName: 'CFG Scale',
		name: 'cfgScale',
		type: 'number',
		default: 0.5,
		typeOptions: { minValue: 0, maxValue: 1, numberPrecision: 2 },
		description: 'How closely the video follows the prompt, from 0 to 1',
		displayOptions: hideFor('cfg_scale'),
	},
	{
		displayName: 'Negative Prompt',
		name: 'negativePrompt',
		type: 'string',
		default: '',
		placeholder: 'e.g. text, blur',
		description: 'What the video must not show, up to 2500 characters',
	},
	watermarkOption,
];
