import type { Locator, Page } from 'playwright-core';
import { part } from './editor.cjs';

/** A list of n8n's editor that is open, in which the user can search. */
export interface Picker {
	entries: Locator;
	search: (text: string) => Promise<void>;
	/** Picks the entry that has this text in it, and waits until the field shows it. */
	pick: (text: string) => Promise<void>;
}

/**
 * Opens the list of a field, and waits for its first entry.
 * @param row of those of that name, as in a collection; the first has 0
 */
export async function openPicker(page: Page, name: string, row = 0): Promise<Picker> {
	const field = part(page, `resource-locator-${name}`).nth(row);
	await part(field, 'rlc-input').click();
	const entries = part(page, 'rlc-item').filter({ visible: true });
	await entries.first().waitFor();
	return {
		entries,
		search: async (text) => {
			await part(page, 'rlc-search').filter({ visible: true }).fill(text);
		},
		pick: async (text) => {
			await entries.filter({ hasText: text }).click();
			await entries.first().waitFor({ state: 'hidden' });
		},
	};
}
