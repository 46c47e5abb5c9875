import type { Host, Listed } from './host.cjs';

/** Stand-ins such as `<task 1>` for what each host names in its own way, and for what comes from the clock. */
export class Placeholders {
	private readonly names: [found: RegExp, placeholder: string][];
	private readonly tasks: string[];

	/** @param hook what addresses of the workflow begin with */
	constructor({ base, kling }: Host, hook: string, runs: Listed[] = []) {
		this.tasks = kling.tasks.map(({ task_id: id }) => id);
		const voices = kling.tasks.map(({ voices: [voice] }) => voice?.voice_id ?? '');
		this.names = [
			[new RegExp(base, 'g'), '<n8n>/'],
			[new RegExp(kling.origin, 'g'), '<kling>'],
			[new RegExp(hook, 'g'), '<hook>'],
			...runs.map(({ id }, index): [RegExp, string] => [
				// A small number may stand for other things elsewhere.
				new RegExp(`(?<=["/])${id}(?!\\d)`, 'g'),
				`<execution ${index + 1}>`,
			]),
			...named(this.tasks, 'task'),
			...named(voices, 'voice'),
			[/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>'],
			[/(?<=signature=)[\w-]+/g, '<token>'],
		];
	}

	/** The same value with placeholders in all its texts. */
	put<T>(value: T): T;
	put(value: unknown): unknown {
		return mapped(value, (text) =>
			this.names.reduce((all, [found, name]) => all.replace(found, name), text),
		);
	}

	/** The same value with the IDs of this host in place of `<task 1>` and so on. */
	resolve(value: unknown): unknown {
		return mapped(value, (text) =>
			text.replace(/<task (\d+)>/g, (name, number) => this.tasks[Number(number) - 1] ?? name),
		);
	}
}

const named = (ids: string[], name: string): [RegExp, string][] =>
	ids.flatMap((id, index) => (id === '' ? [] : [[new RegExp(id, 'g'), `<${name} ${index + 1}>`]]));

function mapped(value: unknown, change: (text: string) => string): unknown {
	if (typeof value === 'string') return change(value);
	if (Array.isArray(value)) return value.map((entry) => mapped(entry, change));
	if (typeof value !== 'object' || value === null) return value;
	return Object.fromEntries(
		Object.entries(value).map(([key, entry]) => [key, mapped(entry, change)]),
	);
}
