import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

import { chromium, type BrowserContext, type Locator, type Page } from 'playwright-core';

import type { Ready } from '../../../sandbox/n8n/process/ready.cjs';
import { takePicture } from './pictures.cjs';

/** Names of Debian and of others; `CHROMIUM_PATH` wins. */
const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];

/** Without these it asks hosts of its maker for many things, and cannot run as root. */
const FLAGS = [
	'--no-sandbox',
	'--disable-gpu',
	'--disable-quic',
	'--no-first-run',
	'--disable-background-networking',
	'--disable-component-update',
	'--disable-sync',
];

export interface Browser {
	readonly page: Page;
	/**
	 * A picture of the page for the docs.
	 * @param shown what it has to have in it
	 * @throws when that is not there, and when the picture shows next to nothing
	 */
	picture: (name: string, ...shown: Locator[]) => Promise<void>;
	close: () => Promise<void>;
}

/**
 * A real browser, logged in to the editor.
 * @throws in words when there is no Chromium
 */
export async function openBrowser({ n8n, login }: Ready): Promise<Browser> {
	const folder = await mkdtemp(join(tmpdir(), 'kling-browser-'));
	const context = await chromium.launchPersistentContext(join(folder, 'profile'), {
		executablePath: chromiumPath(),
		headless: true,
		args: FLAGS,
		viewport: { width: 1440, height: 900 },
		colorScheme: 'light',
		reducedMotion: 'reduce',
		baseURL: n8n.address,
	});
	const page = await logIn(context, login);
	return {
		page,
		async picture(name, ...shown) {
			await closeNotifications(page);
			for (const part of shown) await part.waitFor();
			await takePicture(page, name);
		},
		async close() {
			await context.close();
			await rm(folder, { recursive: true, force: true, maxRetries: 5 });
		},
	};
}

async function logIn(context: BrowserContext, { email, password }: Ready['login']): Promise<Page> {
	const page = context.pages()[0] ?? (await context.newPage());
	page.setDefaultTimeout(30_000);
	await page.goto('/signin');
	await page.fill('input[name=emailOrLdapLoginId]', email);
	await page.fill('input[name=password]', password);
	await page.keyboard.press('Enter');
	await page.waitForURL((url) => !url.pathname.includes('signin'));
	return page;
}

/** They lie over what a picture is to show. */
export async function closeNotifications(page: Page): Promise<void> {
	const notifications = page.locator('.el-notification');
	for (const one of await notifications.all()) {
		// It may disappear at this moment.
		await one
			.locator('.el-notification__closeBtn')
			.click()
			.catch(() => undefined);
	}
	await notifications.first().waitFor({ state: 'hidden' });
}

function chromiumPath(): string {
	const { CHROMIUM_PATH: given, PATH = '' } = process.env;
	if (given !== undefined) return given;
	const files = PATH.split(delimiter).flatMap((folder) => NAMES.map((name) => join(folder, name)));
	const found = files.find((file) => existsSync(file));
	if (found === undefined) {
		throw new Error(
			'There is no Chromium. Install it (apt-get install chromium), or set CHROMIUM_PATH',
		);
	}
	return found;
}
