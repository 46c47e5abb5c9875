// Loaded into n8n by NODE_OPTIONS, so that a bench can compare memory that is really in use.
process.on('SIGUSR2', () => globalThis.gc?.());
