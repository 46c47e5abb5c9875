import type {
	ICredentialDataDecryptedObject,
	ICredentialType,
	IHttpRequestOptions,
} from 'n8n-workflow';
import { ICredentialsHelper } from 'n8n-workflow';

const notUsed = () => Promise.reject(new Error('The sandbox keeps no credentials'));

/** Gives every node the same credential, authenticated by the real credential class. */
export class OneCredential extends ICredentialsHelper {
	constructor(
		private readonly type: ICredentialType,
		private readonly fields: ICredentialDataDecryptedObject,
	) {
		super();
	}

	override getParentTypes(): string[] {
		return [];
	}

	override isCredentialUsableByNode(): boolean {
		return true;
	}

	override async authenticate(
		credentials: ICredentialDataDecryptedObject,
		_typeName: string,
		options: IHttpRequestOptions,
	): Promise<IHttpRequestOptions> {
		const { authenticate } = this.type;
		if (typeof authenticate !== 'function') throw new Error('klingApi signs its requests in code');
		return await authenticate.call(this.type, credentials, options);
	}

	override getDecrypted(): Promise<ICredentialDataDecryptedObject> {
		return Promise.resolve(structuredClone(this.fields));
	}

	override getCredentialsProperties() {
		return this.type.properties;
	}

	override preAuthentication() {
		return Promise.resolve(undefined);
	}

	override runPreAuthentication() {
		return Promise.resolve(undefined);
	}

	override getCredentials = notUsed;

	override updateCredentials = notUsed;

	override updateCredentialsOauthTokenData = notUsed;
}
