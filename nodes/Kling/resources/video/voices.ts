import type { IDataObject, INodeProperties } from 'n8n-workflow';

import { isRecord } from '../../api/envelope';
import { plainText } from '../../api/foreign';
import { failed, ok, refused, type Reply } from '../../api/reply';
import type { Check } from '../../operation/checks';
import { listOrId } from '../../operation/fields';
import { locatorValue, parameter, type Item } from '../../operation/item';
import { readId } from '../../operation/read';

/** Kling's page on voices in image to video. */
const MOST_VOICES = 2;
const SOMEBODY = 'The speaker';

const mark = (number: number) => `<<<voice_${String(number)}>>>`;

/** Voices of a video, and the sentences that make them speak. */
export interface Voices {
	list: IDataObject[];
	lines: string[];
}

/** The rows of the panel. A row with a line gives the sentence that Kling's page shows. */
export function readVoices(item: Item): Reply<Voices> {
	const rows: unknown = parameter(item, 'voices.voice', []);
	const voices: Voices = { list: [], lines: [] };
	for (const [index, row] of (Array.isArray(rows) ? rows : [rows]).filter(isRecord).entries()) {
		const id = readId(locatorValue(row.voiceId), `Voice in row ${String(index + 1)}`);
		if (!id.ok) return id;
		voices.list.push({ voice_id: id.value });
		const line = plainText(row.line).replace(/\s+/g, ' ').trim();
		const speaker = plainText(row.speaker).trim() || SOMEBODY;
		if (line !== '') voices.lines.push(sentence(speaker, index + 1, line));
	}
	if (voices.list.length <= MOST_VOICES) return ok(voices);
	const what = `The video has ${String(voices.list.length)} voices; Kling takes two at most`;
	return failed(refused(what, 'Remove some, or make several videos.'));
}

/** Quotation marks inside a line would end it. */
const sentence = (speaker: string, number: number, line: string) =>
	`${speaker}${mark(number)}says: "${line.replaceAll('"', "'")}"`;

/** Kling bills a voice that the prompt does not name like one that speaks, and nobody speaks. */
export const checkSpeakers: Check = ({ voice_list: voices, prompt }) => {
	const count = Array.isArray(voices) ? voices.length : 0;
	const text = plainText(prompt);
	for (let number = 1; number <= count; number += 1) {
		if (text.includes(mark(number))) continue;
		const example = `${text} ${sentence(SOMEBODY, number, 'Good evening.')}`.trim();
		return refused(
			`Voice ${String(number)} has nothing to say`,
			`Enter a Line in its row, or name it in the prompt, for example: ${example}`,
		);
	}
	const named = [...text.matchAll(/<<<voice_(\d{1,3})>>>/g)].map(([, digits]) => Number(digits));
	const missing = named.find((number) => number > count);
	return missing === undefined
		? undefined
		: refused(
				`The prompt names ${mark(missing)}, but the video has ${count === 1 ? 'only one voice' : `${String(count || 'no')} voices`}`,
				'Add the voice under Voices, or remove its mark from the prompt.',
			);
};

export const voicesField: INodeProperties = {
	displayName: 'Voices',
	name: 'voices',
	type: 'fixedCollection',
	typeOptions: { multipleValues: true, multipleValueButtonText: 'Add Voice' },
	default: {},
	placeholder: 'Add Voice',
	description:
		'Up to two voices that speak in the video. They need Kling 2.6, sound and the mode Professional.',
	options: [
		{
			displayName: 'Voice',
			name: 'voice',
			values: [
				listOrId({
					displayName: 'Voice',
					name: 'voiceId',
					description: "One of your custom voices, or one of Kling's own",
					search: 'searchAllVoices',
					select: 'a voice',
					example: '850087542757539017',
				}),
				{
					displayName: 'Speaker',
					name: 'speaker',
					type: 'string',
					default: '',
					placeholder: 'e.g. The host',
					description:
						'The person in the video who speaks with this voice, in the same words as in the prompt',
				},
				{
					displayName: 'Line',
					name: 'line',
					type: 'string',
					default: '',
					placeholder: 'e.g. Good evening, and welcome.',
					description:
						'What the speaker says. The node adds it to the prompt. Leave it empty if the prompt itself contains &lt;&lt;&lt;voice_1&gt;&gt;&gt; or &lt;&lt;&lt;voice_2&gt;&gt;&gt;.',
				},
			],
		},
	],
};
