import type { Locator, Page } from 'playwright-core';

/** A video is looked at for the first time after half a minute. */
const RUN_MS = 90_000;

/** A part of n8n's editor by the name that n8n's own tests give it. */
export const part = (within: Page | Locator, name: string): Locator =>
	within.locator(`[data-test-id="${name}"]`);

const parameter = (page: Page, name: string): Locator => part(page, `parameter-input-${name}`);

/** Looks for a node in the node picker, as the first one of a new workflow. @returns what is found */
export async function searched(page: Page, text: string): Promise<Locator> {
	await page.goto('/workflow/new');
	await part(page, 'canvas-add-button').click();
	return await found(page, text);
}

/** Looks for a node in the node picker that is open. @returns what is found */
export async function found(page: Page, text: string): Promise<Locator> {
	await part(page, 'node-creator-search-bar').fill(text);
	// What is shown before one has typed goes first.
	await part(page, 'node-creator').getByText('Trigger manually').waitFor({ state: 'hidden' });
	return part(page, 'node-creator-item-name');
}

/** Makes a new workflow of one action, and opens its panel. n8n puts its manual trigger before it. */
export async function addAction(page: Page, action: string): Promise<void> {
	const nodes = await searched(page, 'kling');
	await nodes.click();
	await part(page, 'node-creator-category-item').filter({ hasText: 'Actions' }).click();
	await nodes.getByText(action, { exact: true }).click();
	await part(page, 'node-parameters').waitFor();
}

/** Puts one action more behind a node of the canvas, and opens its panel. */
export async function addBehind(page: Page, node: string, action: string): Promise<void> {
	await part(page, 'ndv-close-button').click();
	const before = page.getByRole('group').filter({ hasText: node });
	await part(before, 'canvas-handle-plus').click();
	const nodes = await found(page, 'kling');
	await nodes.getByText('Kling', { exact: true }).click();
	await nodes.getByText(action, { exact: true }).click();
	await part(page, 'node-parameters').waitFor();
}

/** Opens the panel of a node on the canvas. */
export async function openNode(page: Page, name: string): Promise<void> {
	await part(page, 'canvas-node').filter({ hasText: name }).dblclick();
	await part(page, 'node-parameters').waitFor();
}

/**
 * @param name of the parameter or of a credential's field
 * @param row of those of that name, as in a collection; the first has 0
 */
export async function fill(page: Page, name: string, text: string, row = 0): Promise<void> {
	await parameter(page, name).nth(row).locator('input, textarea').fill(text);
}

/** @param option as the list shows it */
export async function choose(page: Page, name: string, option: string): Promise<void> {
	await parameter(page, name).click();
	const options = page.locator('.el-select-dropdown__item:visible');
	await options.filter({ has: page.getByText(option, { exact: true }) }).click();
}

/** Enters an ID in the resource locator of the panel. @param mode as its menu calls it */
export async function chooseById(page: Page, mode: string, id: string): Promise<void> {
	await part(page, 'rlc-mode-selector').click();
	const modes = page.locator('.el-select-dropdown__item:visible');
	await modes.filter({ has: page.getByText(mode, { exact: true }) }).click();
	await part(page, 'rlc-input').locator('input').or(part(page, 'rlc-input')).last().fill(id);
}

/** Adds an option that is a switch, and turns it on. */
export async function turnOn(page: Page, name: string, label: string): Promise<void> {
	await part(page, 'collection-parameter-add').click();
	await part(page, 'collection-parameter-option').filter({ hasText: label }).click();
	await parameter(page, name).locator('.el-switch').click();
}

/** Presses “Execute step”. @returns the items that the output panel then shows */
export async function executed(page: Page): Promise<unknown> {
	await part(page, 'node-execute-button').click();
	return await output(page);
}

/**
 * Waits until the node whose panel is open has run.
 * @returns the items, as JSON in the output panel
 */
export async function output(page: Page): Promise<unknown> {
	const panel = part(page, 'output-panel');
	await part(panel, 'node-run-status-success').waitFor({ timeout: RUN_MS });
	await part(panel, 'radio-button-json').click();
	const items = part(panel, 'ndv-data-container').filter({ hasText: /^\s*\[.*\]\s*$/ });
	const shown = await items.innerText();
	// The view indents with spaces that JSON does not know.
	return JSON.parse(shown.replaceAll('\u00a0', ' '));
}
