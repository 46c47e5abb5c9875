import { CallbackSender } from './callbacks.cjs';
import { judgeClip } from './clips.cjs';
import { FaultBook } from './faults.cjs';
import { Limits } from './limits.cjs';
import type { ResolvedOptions } from './options.cjs';
import { type PresetVoice, makePresets } from './presets.cjs';
import { SeededRandom } from './random.cjs';
import { RequestLog } from './requests.cjs';
import { TaskBook } from './taskBook.cjs';
import type { Viewer } from './view.cjs';

/** Everything one sandbox remembers. A reset throws it away and makes a new one from the same seed. */
export class World {
	/** Ids of answers, drawn per request. */
	readonly requestIds: SeededRandom;
	readonly faults: FaultBook;
	readonly limits: Limits;
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
		this.tasks = new TaskBook({
			options,
			random: new SeededRandom(options.seed, 'tasks'),
			judge: (url) => judgeClip(url, this.stopping.signal),
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

	stop(): void {
		this.stopping.abort();
		this.tasks.stop();
		this.callbacks.stop();
	}
}
