import type { ICredentialDataDecryptedObject, IWebhookFunctions } from 'n8n-workflow';
import { Webhook } from 'standardwebhooks';

import { readTag, type Tagged } from '../api/callbackTag';
import { webhookSecretsOf } from '../api/gateway';

/** Where a call comes from, as far as that can be told before anything is read. */
export interface Origin {
	/** `undefined` when the credential has no secret to check with. */
	isSigned?: boolean;
	/** The task whose address was called, where a create with this credential gave it to Kling. */
	tagged?: Tagged;
}

/** @param raw the body as it came, as a signature is over every byte */
export function originOf(
	context: IWebhookFunctions,
	credentials: ICredentialDataDecryptedObject,
	raw: string,
): Origin {
	return {
		isSigned: isSigned(context, credentials, raw),
		tagged: readTag(context.getQueryData(), credentials),
	};
}

function isSigned(
	context: IWebhookFunctions,
	credentials: ICredentialDataDecryptedObject,
	raw: string,
): boolean | undefined {
	const given = webhookSecretsOf(credentials);
	if (given.length === 0) return undefined;
	const headers = Object.entries(context.getHeaderData()).map(
		([name, value]) => [name, String(value)] as const,
	);
	return given.some((secret) => fits(secret, raw, Object.fromEntries(headers)));
}

function fits(secret: string, raw: string, headers: Record<string, string>): boolean {
	try {
		new Webhook(secret).verify(raw, headers, { jsonParse: false });
		return true;
	} catch {
		return false;
	}
}
