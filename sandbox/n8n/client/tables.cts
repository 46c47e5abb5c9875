import { photoOf } from '../../kling/connection.cjs';
import type { N8nRest } from './rest.cjs';

interface Table {
	name: string;
	columns: string[];
	rows: Record<string, string>[];
}

/** What the rows are made of, all of it in the sandbox. */
export interface TableInput {
	/** Address of a good clip, beside which there is one that is too short. */
	clip: string;
	/** ID of a voice that can speak. */
	voiceId: string;
}

/** Of the templates that read rows, each with one row that becomes something and one that does not. */
const tablesFor = ({ clip, voiceId: voice_id }: TableInput): Table[] => [
	{
		name: 'voices',
		columns: ['voice_name', 'voice_url', 'voice_id', 'task_id', 'problem'],
		rows: [
			{ voice_name: 'Narrator A', voice_url: clip },
			{ voice_name: 'Too short', voice_url: new URL('short.mp3', clip).href },
		],
	},
	{
		name: 'videos',
		columns: ['image_url', 'line', 'voice_id', 'video_id', 'video_url', 'task_id', 'problem'],
		rows: [
			{ image_url: photoOf(new URL(clip)), line: 'Good evening, and welcome.', voice_id },
			{ image_url: photoOf(new URL(clip)), line: '', voice_id },
		],
	},
];

/** Makes the data tables of the templates. One that is there is left alone. */
export async function makeTables(rest: N8nRest, input: TableInput): Promise<void> {
	const { id: project } = await rest.call<{ id: string }>('GET', '/projects/personal');
	const path = `/projects/${project}/data-tables`;
	const { data: present } = await rest.call<{ data: { name: string }[] }>('GET', path);
	for (const { name, columns, rows } of tablesFor(input)) {
		if (present.some((table) => table.name === name)) continue;
		const body = { name, columns: columns.map((column) => ({ name: column, type: 'string' })) };
		const { id } = await rest.call<{ id: string }>('POST', path, body);
		await rest.call('POST', `${path}/${id}/insert`, { data: rows, returnType: 'count' });
	}
}
