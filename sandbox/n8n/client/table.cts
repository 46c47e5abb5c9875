import type { N8nRest } from './rest.cjs';

/** As the template `voices-from-a-table` wants it. */
const NAME = 'voices';
const COLUMNS = ['voice_name', 'voice_url', 'voice_id', 'task_id', 'problem'];

/**
 * The data table of a template, with one row that becomes a voice and one that does not. Left alone when it is there.
 * @param clip a good one of the sandbox, beside which there is one that is too short
 */
export async function makeTable(rest: N8nRest, clip: string): Promise<void> {
	const { id: project } = await rest.call<{ id: string }>('GET', '/projects/personal');
	const tables = `/projects/${project}/data-tables`;
	const { data: present } = await rest.call<{ data: { name: string }[] }>('GET', tables);
	if (present.some(({ name }) => name === NAME)) return;
	const columns = COLUMNS.map((name) => ({ name, type: 'string' }));
	const { id } = await rest.call<{ id: string }>('POST', tables, { name: NAME, columns });
	const data = [
		{ voice_name: 'Narrator A', voice_url: clip },
		{ voice_name: 'Too short', voice_url: new URL('short.mp3', clip).href },
	];
	await rest.call('POST', `${tables}/${id}/insert`, { data, returnType: 'count' });
}
