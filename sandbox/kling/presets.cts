import type { ResolvedOptions } from './options.cjs';
import { SeededRandom } from './random.cjs';
import { trialUrl } from './results.cjs';
import { type Viewer, spellStatus, spellTime } from './view.cjs';

const names = [
	'Amber Vale',
	'Anton Brook',
	'Bea Lindqvist',
	'Boris Kelm',
	'Calm Harbour',
	'Carla Monte',
	'Cedar',
	'Clara Winter',
	'Dario Fenn',
	'Dawn Radio',
	'Edda Sorel',
	'Elias North',
	'Evening Host',
	'Farah Dune',
	'Felix Marlow',
	'Gentle Tutor',
	'Greta Holm',
	'Hana Mori',
	'Hugo Bell',
	'Iris Calder',
	'Jonas Reed',
	'June Parker',
	'Kai Summers',
	'Lena Frost',
	'Little Robot',
	'Lucas Grey',
	'Maple',
	'Mira Santos',
	'News Desk',
	'Nils Ostberg',
	'Old Sailor',
	'Olive Tran',
	'Pavel Stone',
	'Quiet Library',
	'Rosa Linden',
	'Sami Rivers',
	'Sports Desk',
	'Tara Quinn',
	'Uncle Theo',
	'Wise Fox',
] as const;

/** 2026-01-01, when the made-up library was published. */
const PUBLISHED_AT = 1_767_225_600_000;

export interface PresetVoice {
	task_id: string;
	voice_id: string;
	voice_name: string;
}

export function makePresets(seed: number): PresetVoice[] {
	const random = new SeededRandom(seed, 'presets');
	return names.map((voice_name) => ({ task_id: random.id(6), voice_id: random.id(8), voice_name }));
}

function voiceJson({ voice_id, voice_name }: PresetVoice, { origin }: Viewer) {
	return { voice_id, voice_name, trial_url: trialUrl(origin, voice_id), owned_by: 'kling' };
}

function taskRow(preset: PresetVoice, viewer: Viewer) {
	const time = spellTime(PUBLISHED_AT, viewer.options);
	return {
		task_id: preset.task_id,
		task_status: spellStatus('succeed', viewer.options),
		task_status_msg: '',
		created_at: time,
		updated_at: time,
		task_result: { voices: [voiceJson(preset, viewer)] },
	};
}

type Shape = (page: PresetVoice[], viewer: Viewer) => unknown;
const voices: Shape = (page, viewer) => page.map((preset) => voiceJson(preset, viewer));

/** The documented rows, and what a reader should accept besides. */
export const presetShapes: Record<ResolvedOptions['presetsShape'], Shape> = {
	tasks: (page, viewer) => page.map((preset) => taskRow(preset, viewer)),
	voices,
	list: (page, viewer) => ({ list: voices(page, viewer) }),
	voicesKey: (page, viewer) => ({ voices: voices(page, viewer) }),
	items: (page, viewer) => ({ items: voices(page, viewer) }),
	rows: (page, viewer) => ({ rows: voices(page, viewer) }),
};
