/** One measured row: what the issue asks for beside what was seen. */
export interface Figure {
	what: string;
	goal: string;
	measured: string;
	met: boolean;
}

/** A measurement: told what it does while it runs, as some take a minute. */
export type Measurement = (say: (progress: string) => void) => Promise<Figure[]>;

export function median(values: number[]): number {
	const sorted = [...values].sort((a, b) => a - b);
	return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}
