import { webhookDescriptionFields, type IWebhookDescription } from 'n8n-workflow';

/** Without a path n8n gives the node no address, and a test run asks Kling instead of waiting for a call. */
const path = {
	template: '={{ $parameter["receive"] === "poll" ? undefined : "webhook" }}',
	resolve: ({ receive }: { receive?: unknown }) => (receive === 'poll' ? undefined : 'webhook'),
};

/** Newer versions of n8n can find the path without starting its expression engine, which costs more than all the rest. */
const withResolver = webhookDescriptionFields as typeof webhookDescriptionFields | undefined;

/** Where Kling calls the trigger. */
export const triggerAddress: IWebhookDescription = {
	name: 'default',
	httpMethod: 'POST',
	responseMode: 'onReceived',
	// Else n8n would answer with the name of its default instead of what the node says.
	responseData: '',
	path: path.template,
	...withResolver?.({ path }),
};
