import '../environment.cjs';

import { createHash } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import { DataDeduplicationService } from 'n8n-core';
import type {
	DeduplicationItemTypes,
	DeduplicationScope,
	ICheckProcessedContextData,
	ICheckProcessedOptions,
	IDataDeduplicator,
	IDeduplicationOutput,
} from 'n8n-workflow';

/** A row of n8n's table of processed data. */
interface DedupRecord {
	mode: ICheckProcessedOptions['mode'];
	data: string[];
}

/** The ids that nodes have seen, as n8n's database keeps them: one text per workflow and node. */
export class DedupStore {
	private readonly rows = new Map<string, string>();
	private release?: (() => void) | undefined;
	/** As when two callers always ask at the same moment: the first waits for the second. */
	inPairs = false;
	/** As while another process holds the database. */
	isLocked = false;

	async find(key: string): Promise<DedupRecord | undefined> {
		await this.pause();
		const text = this.rows.get(key);
		return text === undefined ? undefined : (JSON.parse(text) as DedupRecord);
	}

	/** @throws when there is such a row already, as the primary key of n8n's table makes it */
	async insert(key: string, row: DedupRecord): Promise<void> {
		await this.pause();
		if (this.rows.has(key)) throw new QueryFailed();
		this.rows.set(key, JSON.stringify(row));
	}

	async update(key: string, row: DedupRecord): Promise<void> {
		await this.pause();
		if (this.rows.has(key)) this.rows.set(key, JSON.stringify(row));
	}

	async delete(key: string): Promise<void> {
		await this.pause();
		this.rows.delete(key);
	}

	private async pause(): Promise<void> {
		if (this.isLocked) throw new Error('SQLITE_BUSY: database is locked');
		if (!this.inPairs) {
			await turn();
			return;
		}
		const { release } = this;
		this.release = undefined;
		if (release) {
			release();
			return;
		}
		await new Promise<void>((resolve) => {
			this.release = resolve;
		});
	}
}

class QueryFailed extends Error {
	override readonly name = 'QueryFailedError';

	constructor() {
		const columns = 'processed_data.context, processed_data.workflowId';
		super(`SQLITE_CONSTRAINT: UNIQUE constraint failed: ${columns}`);
	}
}

const stores = new WeakMap<object, DedupStore>();

/** n8n has one service per process; here each workflow leads to the database of its own instance. */
export function attachDedupStore(store: DedupStore, workflow: object): void {
	stores.set(workflow, store);
}

function storeOf({ workflow }: ICheckProcessedContextData): DedupStore {
	const store = stores.get(workflow);
	if (!store) throw new Error('Seen ids are kept by an instance: use startInstance()');
	return store;
}

function keyOf(scope: DeduplicationScope, { workflow, node }: ICheckProcessedContextData): string {
	if (scope === 'node' && !node) {
		throw new Error("No node information has been provided and so cannot use scope 'node'");
	}
	return JSON.stringify([workflow.id, scope === 'node' ? `n:${node?.id ?? ''}` : '']);
}

const hashOf = (value: DeduplicationItemTypes) =>
	createHash('md5').update(value.toString()).digest('base64');

function forget(hashes: string[], { maxEntries }: ICheckProcessedOptions): void {
	if (maxEntries) hashes.splice(0, hashes.length - maxEntries);
}

/**
 * As n8n's DeduplicationHelper, weakness and all: it reads, thinks and writes the whole list back without a lock. Of
 * two at the same moment both call an id new and one of the lists is lost; of two first ones the second fails.
 */
const deduplicator: IDataDeduplicator = {
	async checkProcessedAndRecord(items, scope, context, options): Promise<IDeduplicationOutput> {
		if (options.mode !== 'entries') throw new Error('The sandbox knows no mode but "entries"');
		const store = storeOf(context);
		const key = keyOf(scope, context);
		const row = await store.find(key);
		const hashes = items.map(hashOf);
		if (!row) {
			forget(hashes, options);
			await store.insert(key, { mode: options.mode, data: hashes });
			return { new: items, processed: [] };
		}
		const before = new Set(row.data);
		const result: IDeduplicationOutput = { new: [], processed: [] };
		for (const [index, item] of items.entries()) {
			const hash = hashes[index] ?? '';
			if (before.has(hash)) {
				result.processed.push(item);
			} else {
				// An id that comes twice in one call is new twice.
				result.new.push(item);
				row.data.push(hash);
			}
		}
		forget(row.data, options);
		await store.update(key, row);
		return result;
	},

	async removeProcessed(items, scope, context) {
		const store = storeOf(context);
		const key = keyOf(scope, context);
		const row = await store.find(key);
		if (!row) return;
		for (const hash of items.map(hashOf)) {
			const index = row.data.indexOf(hash);
			if (index !== -1) row.data.splice(index, 1);
		}
		await store.update(key, row);
	},

	async clearAllProcessedItems(scope, context) {
		await storeOf(context).delete(keyOf(scope, context));
	},

	async getProcessedDataCount(scope, context) {
		const row = await storeOf(context).find(keyOf(scope, context));
		return row?.data.length ?? 0;
	},
};

void DataDeduplicationService.init(deduplicator);
