import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';

/** Set to 1, the pictures of a run take the place of those in the docs. */
const KEEPS_PICTURES = process.env.KLING_SCREENSHOTS === '1';
const FOLDER = join(__dirname, '../../../docs/pictures');
/** A picture of nothing is smaller. */
const LEAST_BYTES = 8_000;
/** Words stay sharp, and a panel of the editor takes some 40 KB. */
const QUALITY = 75;

type Scheme = 'light' | 'dark';

/** What is used of the browser's own types, which Node does not know. */
interface Element {
	ownerDocument: { getAnimations(): Animation[] };
	style: { caretColor: string };
}

interface Animation {
	effect: { getComputedTiming(): { endTime: number } };
	finish(): void;
}

/** A part of the page, in its pixels. */
export interface Cut {
	x: number;
	y: number;
	width: number;
	height: number;
}

/** One step of a picture of several. */
export interface Still {
	caption: string;
	/** WebP, for the page in light and in dark. */
	shots: Record<Scheme, Buffer>;
}

/** Ends what moves, and hides the caret, so that two pictures of one state are alike; a spinner has no end. */
async function settle(page: Page): Promise<void> {
	await page.locator('html').evaluate(({ ownerDocument, style }: Element) => {
		style.caretColor = 'transparent';
		for (const animation of ownerDocument.getAnimations()) {
			if (animation.effect.getComputedTiming().endTime !== Infinity) animation.finish();
		}
	});
}

/** n8n's editor follows the system unless its user has chosen a theme. Playwright itself knows no WebP. */
async function shoot(page: Page, scheme: Scheme, cut?: Cut): Promise<Buffer> {
	await page.emulateMedia({ colorScheme: scheme });
	await settle(page);
	const session = await page.context().newCDPSession(page);
	const { data } = await session.send('Page.captureScreenshot', {
		format: 'webp',
		quality: QUALITY,
		...(cut && { clip: { ...cut, scale: 1 } }),
	});
	await session.detach();
	return Buffer.from(data, 'base64');
}

/** The page as it is now, or a part of it, in both themes; it is light again afterwards. */
export async function takeStill(page: Page, caption: string, cut?: Cut): Promise<Still> {
	const dark = await shoot(page, 'dark', cut);
	return { caption, shots: { dark, light: await shoot(page, 'light', cut) } };
}

/**
 * Takes a picture of a page, as `docs/pictures/<name>.webp` and `<name>-dark.webp` when pictures are kept. A page that
 * has no dark theme gives only the first.
 * @throws when it shows next to nothing
 */
export async function takePicture(page: Page, name: string): Promise<void> {
	if (!KEEPS_PICTURES) {
		check(name, await shoot(page, 'light'));
		return;
	}
	const { shots } = await takeStill(page, name);
	check(name, shots.light);
	await mkdir(FOLDER, { recursive: true });
	await writeFile(join(FOLDER, `${name}.webp`), shots.light);
	const dark = join(FOLDER, `${name}-dark.webp`);
	if (shots.dark.equals(shots.light)) await rm(dark, { force: true });
	else await writeFile(dark, shots.dark);
}

function check(name: string, picture: Buffer): void {
	if (picture.length < LEAST_BYTES) throw new Error(`The picture ${name} shows next to nothing`);
}

const image = (bytes: Buffer) => `data:image/webp;base64,${bytes.toString('base64')}`;

const figure = ({ caption, shots }: Still) =>
	`<figure><picture><source media="(prefers-color-scheme: dark)" srcset="${image(shots.dark)}"><img src="${image(shots.light)}"></picture><figcaption>${caption}</figcaption></figure>`;

const STYLE = `
	:root { color-scheme: light dark; }
	body { margin: 0; padding: 24px; display: flex; gap: 24px; box-sizing: border-box; height: 100vh;
		font: 600 20px system-ui, sans-serif; background: light-dark(#fff, #0d1117); color: light-dark(#1f2328, #f0f6fc); }
	figure { flex: 1; margin: 0; text-align: center; }
	img { width: 100%; border: 1px solid light-dark(#d1d9e0, #3d444d); border-radius: 8px; }
	figcaption { margin-top: 12px; }
`;

/** Puts stills of one size side by side into one picture, in a page that is left with it. */
export async function takeStrip(page: Page, name: string, stills: Still[]): Promise<void> {
	await page.setViewportSize({ width: 1600, height: 580 });
	await page.setContent(`<!doctype html><style>${STYLE}</style>${stills.map(figure).join('')}`);
	for (const shown of await page.locator('img').all()) {
		await shown.evaluate(async (img: { decode(): Promise<void> }) => await img.decode());
	}
	await takePicture(page, name);
}
