// Loaded into n8n by NODE_OPTIONS, so that a bench can compare memory that is really in use.
process.on('SIGUSR2', () => {
	globalThis.gc?.();
	const { rss, heapUsed } = process.memoryUsage();
	console.log(`Memory after garbage collection: ${JSON.stringify({ rss, heapUsed })}`);
});
