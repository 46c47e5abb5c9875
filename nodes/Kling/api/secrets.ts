import { withoutTokens } from './foreign';
import type { Problem } from './reply';

/** Takes keys out of texts. Made once per run, from the values of the credential. */
export class SecretCleaner {
	constructor(private readonly secrets: string[]) {}

	clean(text: string): string {
		return this.secrets.reduce(
			(cleaned, secret) => cleaned.replaceAll(secret, '***'),
			withPlainCharacters(text),
		);
	}

	/** A signed token is new for every request, so in messages it is known by its form. */
	cleanProblem(problem: Problem): Problem {
		const clean = (text: string) => withoutTokens(this.clean(text));
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

/** JSON may write a key as `a\/b` or `\u0073k-…`; written plainly it is the same JSON, and the key is found. */
function withPlainCharacters(text: string): string {
	if (!/\\(?:\/|u00)/.test(text)) return text;
	return text.replace(/\\(?:u00([2-7][\da-f])|.)/gis, (escape, hex?: string) => {
		if (hex === undefined) return escape === '\\/' ? '/' : escape;
		const character = String.fromCharCode(parseInt(hex, 16));
		return character === '"' || character === '\\' ? escape : character;
	});
}
