import type { CreatedKind } from './kinds';

/** An endpoint that Kling or its gateways document. */
export interface Endpoint {
	path: string;
	/** What it makes, as the panel lists it. */
	name: string;
	/** An example of its body, as JSON. */
	body: string;
	/** `none`: answered at once, or known by no id of ours; then nothing unclear is repeated. */
	idsIn?: CreatedKind['idsIn'];
}

const IMAGE = '"image": "https://files.example.com/a.png"';
const PROMPT = '"prompt": "A lamp"';
const REGIONS = '{ "session_id": "850087542757541250" }';

/** Source: Kling's pages, and for the rest the catalogues of gateways. From A to Z. */
export const ENDPOINTS: readonly Endpoint[] = [
	{
		path: '/v1/general/ai-multi-shot',
		name: 'Camera Angles of an Element',
		body: '{ "element_frontal_image": "https://files.example.com/a.png" }',
	},
	{
		path: '/v1/videos/effects',
		name: 'Effects',
		body: `{ "effect_scene": "hug", "input": { ${IMAGE}, "duration": "5" } }`,
	},
	{
		path: '/v1/general/advanced-custom-elements',
		name: 'Element',
		body: '{ "element_name": "Ada", "element_description": "A host", "reference_type": "image_refer", "element_image_list": { "frontal_image": "https://files.example.com/a.png", "refer_images": [{ "image_url": "https://files.example.com/b.png" }] } }',
	},
	{
		path: '/v1/general/custom-elements',
		name: 'Element (Older)',
		body: '{ "element_name": "Ada", "element_description": "A host", "element_frontal_image": "https://files.example.com/a.png", "element_refer_list": [{ "image_url": "https://files.example.com/b.png" }] }',
	},
	{
		path: '/v1/videos/video-extend',
		name: 'Extend a Video',
		body: `{ "video_id": "850087542757541250", ${PROMPT} }`,
	},
	{
		path: '/v1/images/editing/expand',
		name: 'Extend an Image',
		body: `{ ${IMAGE}, "up_expansion_ratio": 0.2, "down_expansion_ratio": 0.2, "left_expansion_ratio": 0.2, "right_expansion_ratio": 0.2 }`,
	},
	{
		path: '/v1/images/generations',
		name: 'Image Generation',
		body: `{ "model_name": "kling-v2-1", ${PROMPT}, "n": 1, "aspect_ratio": "16:9" }`,
	},
	{
		path: '/v1/videos/image-recognize',
		name: 'Image Recognition',
		body: `{ ${IMAGE} }`,
		idsIn: 'none',
	},
	{
		path: '/v1/videos/lip-sync',
		name: 'Lip Sync (Older)',
		body: '{ "input": { "video_id": "850087542757541250", "mode": "text2video", "text": "Good evening.", "voice_id": "oversea_male1", "voice_language": "en" } }',
	},
	{
		path: '/v1/videos/motion-control',
		name: 'Motion Control',
		body: '{ "model_name": "kling-v2-6", "image_url": "https://files.example.com/a.png", "video_url": "https://files.example.com/dance.mp4", "character_orientation": "video", "mode": "pro" }',
	},
	{
		path: '/v1/images/multi-image2image',
		name: 'Multi-Image to Image',
		body: `{ "model_name": "kling-v2", ${PROMPT}, "subject_image_list": [{ "subject_image": "https://files.example.com/a.png" }] }`,
	},
	{
		path: '/v1/videos/multi-image2video',
		name: 'Multi-Image to Video',
		body: `{ "model_name": "kling-v1-6", ${PROMPT}, "image_list": [{ "image": "https://files.example.com/a.png" }] }`,
	},
	{
		path: '/v1/images/omni-image',
		name: 'Omni Image',
		body: `{ "model_name": "kling-image-o1", ${PROMPT}, "image_list": [{ ${IMAGE} }] }`,
	},
	{
		path: '/v1/videos/omni-video',
		name: 'Omni Video',
		body: `{ "model_name": "kling-v3-omni", ${PROMPT}, "mode": "pro", "aspect_ratio": "16:9", "duration": "5" }`,
	},
	{
		path: '/v1/videos/multi-elements',
		name: 'Region Edit',
		body: `{ "session_id": "850087542757541250", "edit_mode": "addition", ${PROMPT} }`,
	},
	{
		path: '/v1/videos/multi-elements/init-selection',
		name: 'Region Edit: Begin',
		body: '{ "video_id": "850087542757541250" }',
		idsIn: 'none',
	},
	{
		path: '/v1/videos/multi-elements/clear-selection',
		name: 'Region Edit: Clear',
		body: REGIONS,
		idsIn: 'none',
	},
	{
		path: '/v1/videos/multi-elements/add-selection',
		name: 'Region Edit: Mark',
		body: '{ "session_id": "850087542757541250", "frame_index": 0, "points": [{ "x": 0.5, "y": 0.5 }] }',
		idsIn: 'none',
	},
	{
		path: '/v1/videos/multi-elements/preview-selection',
		name: 'Region Edit: Preview',
		body: REGIONS,
		idsIn: 'none',
	},
	{
		path: '/v1/audio/video-to-audio',
		name: 'Sound Effects for a Video',
		body: '{ "video_id": "850087542757541250", "sound_effect_prompt": "Rain", "bgm_prompt": "Piano" }',
	},
	{
		path: '/v1/audio/text-to-audio',
		name: 'Sound Effects from Text',
		body: '{ "prompt": "Rain on a roof", "duration": 5 }',
	},
	{
		path: '/v1/images/kolors-virtual-try-on',
		name: 'Virtual Try-On',
		body: '{ "model_name": "kolors-virtual-try-on-v1-5", "human_image": "https://files.example.com/a.png", "cloth_image": "https://files.example.com/b.png" }',
	},
];
