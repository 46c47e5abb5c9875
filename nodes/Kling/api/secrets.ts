import type { Problem } from './reply';

/** An address without what opens it to anyone: its query, a password in front of the host, the token of a bot or hook. */
export function withoutSecrets(address: string): string {
	return address
		.replace(/\?.*$/s, '?…')
		.replace(/^((?:[a-z][a-z\d+.-]*:)?[\\/]*)[^\\/?#]*@/i, '$1')
		.replace(/\/bot\d+:[\w-]+/gi, '/bot…')
		.replace(/(\/(?:api\/)?(?:webhooks|services)\/)[\w-]+\/[\w/-]+/gi, '$1…');
}

/**
 * Kling and gateways quote the addresses that they were given. The query of a signed clip or of a callback opens it to
 * anyone who reads the text, so it is left out.
 */
export function withoutQueries(text: string): string {
	// Each address is taken as a whole, so that a text of nothing but their beginnings is gone over once.
	return text.replace(/https?:\/\/[^\s"'<>]+/gi, withoutSecrets);
}

/** Takes keys out of texts. Made once per run, from the values of the credential. */
export class SecretCleaner {
	constructor(private readonly secrets: string[]) {}

	clean(text: string): string {
		return this.secrets.reduce((cleaned, secret) => cleaned.replaceAll(secret, '***'), text);
	}

	/** A signed token is new for every request, so in messages it is known by its form. */
	cleanProblem(problem: Problem): Problem {
		const clean = (text: string) =>
			this.clean(text).replace(/\beyJ[\w-]+\.[\w-]+(\.[\w-]*)?/g, '***');
		const { what, advice, code, requestId } = problem;
		return {
			...problem,
			what: clean(what),
			advice: advice && clean(advice),
			code: code && clean(code),
			requestId: requestId && clean(requestId),
		};
	}
}
