/** From about here on n8n takes long enough to store a pause for a callback to come before that: 10 MB took 100 ms. */
const LARGE_BYTES = 5_000_000;
/** A look at the data must not cost what it is to save. */
const MOST_VALUES = 100_000;

/** Whether storing data may take n8n a while: many bytes of text, or many values. */
export function isLarge(data: unknown): boolean {
	const left: unknown[] = [data];
	let bytes = 0;
	let values = 0;
	while (left.length > 0 && bytes < LARGE_BYTES && values < MOST_VALUES) {
		const value = left.pop();
		values += 1;
		bytes += typeof value === 'string' ? value.length : 8;
		if (typeof value === 'object' && value !== null) {
			for (const inner of Object.values(value)) {
				if (left.length >= MOST_VALUES) return true;
				left.push(inner);
			}
		}
	}
	return left.length > 0 || bytes >= LARGE_BYTES;
}
