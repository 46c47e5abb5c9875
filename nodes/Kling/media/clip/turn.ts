/** Well below what other executions of the same n8n would notice. */
const LONGEST_MS = 15;

/** Shares the event loop with the rest of n8n while a file is worked on. */
export class Turn {
	private began = performance.now();

	/** Whether it is time to call `next`. */
	get isOver(): boolean {
		return performance.now() - this.began > LONGEST_MS;
	}

	/**
	 * Resolves after the event loop went round once. n8n allows a node no timers, and a promise alone does not leave
	 * the loop. A channel serves once: a second message would be taken in the same round.
	 */
	async next(): Promise<void> {
		const { port1, port2 } = new MessageChannel();
		await new Promise<void>((resolve) => {
			port1.once('message', () => {
				resolve();
			});
			port2.postMessage(undefined);
		});
		port1.close();
		this.began = performance.now();
	}
}
