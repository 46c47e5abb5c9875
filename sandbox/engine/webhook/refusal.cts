/** An answer that n8n gives with an error of its own. */
export class HttpRefusal extends Error {
	constructor(
		readonly status: number,
		message: string,
		/** n8n names no code for what it did not expect. */
		readonly code = status < 500 ? status : 0,
		readonly hint?: string,
	) {
		super(message);
	}
}
