import { errors, jwtVerify } from 'jose';
import { type RawResponse, type KlingCode, klingError, namedErrors } from './errors.cjs';
import type { ResolvedOptions } from './options.cjs';

const refusals: { when: (error: unknown) => boolean; code: KlingCode; message: string }[] = [
	{
		when: (error) => error instanceof errors.JWTExpired,
		code: 1004,
		message: 'Authorization has expired',
	},
	{
		when: (error) =>
			error instanceof errors.JWTClaimValidationFailed &&
			error.claim === 'nbf' &&
			error.reason === 'check_failed',
		code: 1003,
		message: 'Authorization is not yet valid',
	},
	{
		when: (error) => error instanceof errors.JWSSignatureVerificationFailed,
		code: 1002,
		message: 'Authorization is invalid: signature is invalid',
	},
];

function bearer(header: string | undefined): string {
	return /^Bearer\s+(\S+)\s*$/i.exec(header ?? '')?.[1] ?? '';
}

export function hasKnownKey(header: string | undefined, options: ResolvedOptions): boolean {
	return options.apiKeys.includes(bearer(header));
}

/** Resolves to undefined when the caller may come in. */
export async function refuse(
	header: string | undefined,
	options: ResolvedOptions,
): Promise<RawResponse | undefined> {
	if (hasKnownKey(header, options)) return undefined;
	const token = bearer(header);
	const isGateway = options.prefix !== '';
	if (token.split('.').length === 3) return await refuseJwt(token, options);
	if (isGateway) return token === '' ? namedErrors.noKey : namedErrors.badKey;
	// Kling reads every unknown key as a JWT and says so, which puzzles owners of a mistyped API key.
	if (token === '') return klingError(1001);
	return klingError(1002, 'Authorization is invalid: a JWT must have 3 parts');
}

async function refuseJwt(
	token: string,
	options: ResolvedOptions,
): Promise<RawResponse | undefined> {
	try {
		await jwtVerify(token, new TextEncoder().encode(options.secretKey), {
			algorithms: ['HS256'],
			issuer: options.accessKey,
			requiredClaims: ['iss', 'exp', 'nbf'],
		});
		return undefined;
	} catch (error) {
		const known = refusals.find(({ when }) => when(error));
		return klingError(
			known?.code ?? 1002,
			known?.message ?? `Authorization is invalid: ${String(error)}`,
		);
	}
}
