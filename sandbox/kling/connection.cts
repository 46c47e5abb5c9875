import type { Sandbox } from './server.cjs';

/** The fields of a klingApi credential that leads to this sandbox. */
export const credentialsFor = ({ baseUrl, options }: Pick<Sandbox, 'baseUrl' | 'options'>) => ({
	provider: 'custom',
	baseUrl,
	authentication: 'apiKey',
	apiKey: options.apiKeys[0] ?? '',
});

/** A picture of a person that the sandbox serves, and accepts. */
export const photoOf = ({ origin }: Pick<Sandbox, 'origin'>): string =>
	`${origin}/_sandbox/files/photo.jpg`;

/** A video of the same, with speech. */
export const videoOf = ({ origin }: Pick<Sandbox, 'origin'>): string =>
	`${origin}/_sandbox/files/video-5s.mp4`;

/** The address of a clip that the sandbox serves, and accepts. */
export const clipOf = ({ origin }: Pick<Sandbox, 'origin'>): string =>
	`${origin}/_sandbox/clips/narrator.mp3`;
