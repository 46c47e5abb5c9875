import { Container } from 'n8n-core-v1/node_modules/@n8n/di';
import { SSHClientsManager } from 'n8n-core-v1/dist/execution-engine/ssh-clients-manager.js';

// The first execution starts a timer in n8n-core 1.x that keeps the process alive for ever; 2.x unrefs it.
afterAll(() => {
	Container.get(SSHClientsManager).onShutdown();
});
