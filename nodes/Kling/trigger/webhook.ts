import { webhookDescriptionFields, type IWebhookDescription } from 'n8n-workflow';

interface Receive {
	receive?: unknown;
}

/**
 * Without a method n8n gives the node no address, so a test run polls at once instead of waiting for a call. Without a
 * path it would do the same, but log an error each time.
 */
const httpMethod = {
	template: '={{ $parameter["receive"] === "poll" ? "" : "POST" }}',
	resolve: ({ receive }: Receive) => (receive === 'poll' ? '' : 'POST'),
};

/** The editor would show an address that nobody listens to. */
const ndvHideUrl = {
	template: '={{ $parameter["receive"] === "poll" }}',
	resolve: ({ receive }: Receive) => receive === 'poll',
};

/** Newer versions of n8n can read a field without starting their expression engine, which costs more than all the rest. */
const withResolvers = webhookDescriptionFields as typeof webhookDescriptionFields | undefined;

/** Where Kling calls the trigger. */
export const triggerAddress: IWebhookDescription = {
	name: 'default',
	path: 'webhook',
	responseMode: 'onReceived',
	// Else n8n would answer with the name of its default instead of what the node says.
	responseData: '',
	httpMethod: httpMethod.template,
	ndvHideUrl: ndvHideUrl.template,
	...withResolvers?.({ httpMethod, ndvHideUrl }),
};
