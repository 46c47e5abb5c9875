import { CallbackSender } from './callbacks.cjs';
import { FaultBook } from './faults.cjs';
import { type TaskKind, kinds } from './kinds/index.cjs';
import type { Body, Surroundings } from './kinds/kind.cjs';
import { Limits } from './limits.cjs';
import type { Verdict } from './media/judge.cjs';
import { type Media, type Session, Shelf } from './media/shelf.cjs';
import type { ResolvedOptions } from './options.cjs';
import { type PresetVoice, makePresets } from './presets.cjs';
import { SeededRandom } from './random.cjs';
import { RequestLog } from './requests.cjs';
import { TaskBook } from './taskBook.cjs';
import type { Viewer } from './view.cjs';

/** Everything one sandbox remembers. A reset throws it away and makes a new one from the same seed. */
export class World implements Surroundings {
	/** Ids of answers, drawn per request. */
	readonly requestIds: SeededRandom;
	readonly faults: FaultBook;
	readonly limits: Limits;
	readonly shelf: Shelf;
	readonly tasks: TaskBook;
	readonly callbacks: CallbackSender;
	readonly requests: RequestLog;
	readonly presets: PresetVoice[];
	readonly presetIds: ReadonlySet<string>;
	/** Ends waits and fetches at a reset or at the close. */
	readonly stopping = new AbortController();

	constructor(readonly viewer: Viewer) {
		const { options } = viewer;
		this.requestIds = new SeededRandom(options.seed, 'requests');
		this.faults = new FaultBook(new SeededRandom(options.seed, 'faults'));
		for (const rule of options.faults) this.faults.add(rule);
		this.callbacks = new CallbackSender(viewer, new SeededRandom(options.seed, 'callbacks'));
		this.shelf = new Shelf(new SeededRandom(options.seed, 'faces'));
		this.tasks = new TaskBook({
			options,
			random: new SeededRandom(options.seed, 'tasks'),
			shelf: this.shelf,
			origin: viewer.origin,
			world: this,
			judge: (kind, body) => this.judgeOf(kind, body),
			announce: (task) => this.callbacks.announce(task),
		});
		this.limits = new Limits(options, () => this.tasks.countLiving());
		this.requests = new RequestLog(options);
		this.presets = makePresets(options.seed);
		this.presetIds = new Set(this.presets.map(({ voice_id }) => voice_id));
	}

	get options(): ResolvedOptions {
		return this.viewer.options;
	}

	get judges(): boolean {
		return this.options.fetchClips;
	}

	get isKkiai(): boolean {
		return this.options.offers === 'kkiai';
	}

	/** Whether the resource pack is empty. */
	get isUsedUp(): boolean {
		return this.tasks.charged >= (this.options.packUnits ?? Infinity);
	}

	isVoice(id: string): boolean {
		return this.presetIds.has(id) || this.tasks.voice(id)?.deleted === false;
	}

	media(id: string): Media | undefined {
		return this.shelf.media(id);
	}

	session(id: string): Session | undefined {
		return this.shelf.session(id);
	}

	/** Looks at all files of a body; undefined when there are none. */
	judgeOf(kind: TaskKind, body: Body): (() => Promise<Verdict>) | undefined {
		if (!this.judges) return undefined;
		const looks = (kinds[kind].sources ?? []).flatMap(({ of, judge, setsLength }) => {
			const source = of(body);
			if (source === undefined) return [];
			return async (): Promise<Verdict> => {
				const verdict = await judge(source, this.stopping.signal);
				return setsLength || verdict.refusal !== undefined ? verdict : {};
			};
		});
		if (looks.length === 0) return undefined;
		return async () => {
			const verdicts = await Promise.all(looks.map(async (look) => await look()));
			return (
				verdicts.find(({ refusal }) => refusal !== undefined) ?? Object.assign({}, ...verdicts)
			);
		};
	}

	stop(): void {
		this.stopping.abort();
		this.tasks.stop();
		this.callbacks.stop();
	}
}
