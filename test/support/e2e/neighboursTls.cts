import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];

/** A certificate authority of its own, for servers that speak TLS on localhost. Needs `openssl`. */
export interface Authority {
	/** For `NODE_EXTRA_CA_CERTS`: what it signs is then trusted. */
	file: string;
	/**
	 * Starts a server that knows no key.
	 * @param certificate `host`: whom it names; `days`: how long it holds from now, below 0 when it is over;
	 * `own`: signed by itself and not by the authority
	 * @returns `https://localhost:port`
	 */
	serve(certificate: { host?: string; days?: number; own?: boolean }): Promise<string>;
	close(): void;
}

export function startAuthority(): Authority {
	const folder = mkdtempSync(join(tmpdir(), 'kling-tls-'));
	const at = (name: string) => join(folder, name);
	const openssl = (...args: string[]) => execFileSync('openssl', args, { stdio: 'pipe' });
	const ownCertificate = (name: string, ...more: string[]) =>
		openssl('req', '-x509', ...NEW_KEY, '-days', '1', '-subj', `/CN=${name}`, ...more);
	ownCertificate('authority', '-keyout', at('ca.key'), '-out', at('ca.pem'));
	const closers: (() => void)[] = [];

	const sign = (name: string, host: string, days: number) => {
		const request = ['req', ...NEW_KEY, '-subj', `/CN=${host}`, '-keyout', at(`${name}.key`)];
		openssl(...request, '-out', at(`${name}.csr`));
		writeFileSync(at(`${name}.ext`), `subjectAltName=DNS:${host}\n`);
		const by = ['-CA', at('ca.pem'), '-CAkey', at('ca.key'), '-CAcreateserial'];
		const what = ['-in', at(`${name}.csr`), '-extfile', at(`${name}.ext`), '-days', String(days)];
		openssl('x509', '-req', ...by, ...what, '-out', at(`${name}.pem`));
	};

	return {
		file: at('ca.pem'),
		async serve({ host = 'localhost', days = 1, own = false }) {
			const name = `server-${closers.length}`;
			const names = ['-addext', `subjectAltName=DNS:${host}`];
			if (own)
				ownCertificate(name, ...names, '-keyout', at(`${name}.key`), '-out', at(`${name}.pem`));
			else sign(name, host, days);
			const [key, cert] = [`${name}.key`, `${name}.pem`].map((file) => readFileSync(at(file)));
			const server = createServer({ key, cert }, (_req, res) =>
				res.writeHead(401).end(JSON.stringify({ error: { message: 'Invalid token' } })),
			);
			server.listen(0, '127.0.0.1');
			await once(server, 'listening');
			closers.push(() => {
				server.close();
				server.closeAllConnections();
			});
			return `https://localhost:${(server.address() as AddressInfo).port}`;
		},
		close() {
			for (const close of closers) close();
			rmSync(folder, { recursive: true, force: true });
		},
	};
}
