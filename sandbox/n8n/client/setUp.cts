import fs from 'node:fs';
import path from 'node:path';
import { installN8n } from '../install/index.cjs';
import { photoOf, videoOf } from '../../kling/connection.cjs';
import { type N8nProcess, startN8n } from '../process/instance.cjs';
import { installPackage } from '../install/packageFolder.cjs';
import { type CredentialTest, type Login, N8nRest } from './rest.cjs';
import { makeUserFolder } from './seed.cjs';
import { loginFile, loginOf } from './login.cjs';
import { makeTables, type TableInput } from './tables.cjs';
import { type Examples, type Imported, importTemplates } from './importTemplates.cjs';

export const CREDENTIAL = 'Kling API';

/** Where the credential points, and the key for it. */
export interface ApiTarget {
	baseUrl: string;
	apiKey: string;
}

/** What the sandbox has for templates to use. */
export interface SandboxExamples extends TableInput {
	/** ID of a finished video with sound. */
	videoId?: string;
}

export interface SetUpOptions {
	/** Kept if it is there, made if not. */
	userFolder: string;
	api: ApiTarget;
	/** Whether the templates are imported. */
	templates: boolean;
	/** What the templates show of the sandbox; without it they keep addresses that are nobody's. */
	examples?: SandboxExamples;
	port?: number;
	env?: Record<string, string>;
	say: (line: string) => void;
	signal?: AbortSignal;
}

export interface SetUp {
	n8n: N8nProcess;
	rest: N8nRest;
	/** Of the owner; no other folder has its password. */
	login: Login;
	credentialId: string;
	/** What n8n's credential test says. */
	test: CredentialTest;
	/** Templates that are or were in this user folder. */
	templates: Imported;
	/** How many of them were imported now. */
	imported: number;
	/** Addresses in workflows of earlier starts at which nothing is now. */
	stale: string[];
}

/** What has been put into a user folder, so that a second start does not put it there twice. */
interface SetUpRecord {
	credentialId?: string;
	templates?: Imported;
	/** What stands for the templates' example addresses. */
	examples?: Examples;
}

const EXAMPLE_VIDEO = '850087542757541250';

/** In the user folder; what has it was made here. */
const RECORD_FILE = 'kling-voice.json';

/** Whether a user folder was made by `setUp`, so that removing it deletes nothing else. */
export function isMadeHere(userFolder: string): boolean {
	return fs.existsSync(path.join(userFolder, RECORD_FILE));
}

/** Where the workflows of earlier starts look for the example clip. */
export function rememberedClip(userFolder: string): string | undefined {
	return read(path.join(userFolder, RECORD_FILE)).examples?.[
		'https://files.example.com/narrator.mp3'
	];
}

/**
 * From nothing to an n8n with this package, an owner, a credential and the templates. Asked again with the same user
 * folder it installs the package again, points the credential where it is told to, and leaves the workflows alone.
 */
export async function setUp(options: SetUpOptions): Promise<SetUp> {
	const { userFolder, api, say, signal } = options;
	const installed = await installN8n(say, signal);
	const file = path.join(userFolder, RECORD_FILE);
	if (!fs.existsSync(path.join(userFolder, '.n8n'))) {
		await makeUserFolder(userFolder, say, signal);
		write(file, {});
	}
	const login = loginOf(userFolder, installed);
	await installPackage(userFolder);
	say('Starting n8n …');
	const n8n = await startN8n({
		userFolder,
		...(options.port === undefined ? {} : { port: options.port }),
		...(options.env ? { env: options.env } : {}),
		...(signal ? { signal } : {}),
	});
	try {
		const record = read(file);
		const rest = await loggedIn(n8n, login);
		const credentialId = await pointCredential(rest, api, record.credentialId);
		const before = record.templates ?? {};
		const given = options.examples;
		const examples = given && examplesAt(n8n.address, given);
		const templates = options.templates
			? await importTemplates(rest, { credentialId, before, examples })
			: before;
		const imported = Object.keys(templates).length - Object.keys(before).length;
		if (imported > 0 && given) await makeTables(rest, given);
		write(file, { credentialId, templates, examples: record.examples ?? examples });
		const test = await rest.testCredential(credentialId);
		const stale = staleAddresses(record.examples, examples);
		return { n8n, rest, login, credentialId, templates, imported, stale, test };
	} catch (error) {
		await n8n.kill();
		throw error;
	}
}

async function loggedIn({ address, userFolder }: N8nProcess, login: Login): Promise<N8nRest> {
	return await N8nRest.login(address, login).catch((error: unknown) => {
		const reason = error instanceof Error ? error.message : String(error);
		throw new Error(
			`n8n refused the login of ${userFolder}: ${reason}. If you have changed the password in the editor, delete ${loginFile(userFolder)}: the next start then sets a new one.`,
		);
	});
}

function examplesAt(address: string, { clip, videoId }: SandboxExamples): Examples {
	const { origin } = new URL(clip);
	return {
		'https://files.example.com/narrator.mp3': clip,
		'https://files.example.com/host.png': photoOf({ origin }),
		'https://files.example.com/host.mp4': videoOf({ origin }),
		'https://n8n.example.com': address,
		[EXAMPLE_VIDEO]: videoId ?? EXAMPLE_VIDEO,
	};
}

/** The templates of an earlier start have its addresses in them. */
function staleAddresses(before?: Examples, now?: Examples): string[] {
	if (!before || !now) return [];
	const present = Object.values(now);
	const addresses = Object.values(before).filter((value) => URL.canParse(value));
	return addresses.filter((address) => !present.includes(address));
}

function read(file: string): SetUpRecord {
	return fs.existsSync(file) ? (JSON.parse(fs.readFileSync(file, 'utf8')) as SetUpRecord) : {};
}

function write(file: string, record: SetUpRecord): void {
	fs.writeFileSync(file, JSON.stringify(record));
}

/** @param id of the one that was saved at an earlier start; the user may have deleted it since */
async function pointCredential(rest: N8nRest, api: ApiTarget, id?: string): Promise<string> {
	const data = { provider: 'custom', authentication: 'apiKey', ...api };
	const saved = await rest.call<{ id: string }[]>('GET', '/credentials');
	if (id === undefined || !saved.some((credential) => credential.id === id)) {
		return rest.saveCredential(CREDENTIAL, 'klingApi', data);
	}
	await rest.call('PATCH', `/credentials/${id}`, { name: CREDENTIAL, type: 'klingApi', data });
	return id;
}
