/** Prints what a command does, with the seconds since it was given. */
export function say(line: string): void {
	const seconds = Math.round(performance.now() / 1000);
	console.log(`> ${String(seconds).padStart(4)} s  ${line}`);
}
