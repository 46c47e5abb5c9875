import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LocalServer, listenLocally } from '../../../sandbox/localServer.cjs';

const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];

/** A certificate authority of its own, for servers that speak TLS on localhost. Needs `openssl`. */
export interface Authority {
	/** For `NODE_EXTRA_CA_CERTS`: what it signs is then trusted. */
	file: string;
	/**
	 * Starts a server that knows no key.
	 * @param certificate `host`: whom it names; `days`: how long it holds from now, below 0 when it is over;
	 * `own`: self-signed, not by the authority
	 * @returns `https://localhost:port`
	 */
	serve(certificate: { host?: string; days?: number; own?: boolean }): Promise<string>;
	close(): void;
}

export function startAuthority(): Authority {
	const folder = mkdtempSync(join(tmpdir(), 'kling-tls-'));
	const signer = new Signer(folder);
	const servers: LocalServer[] = [];
	return {
		file: signer.certificateFile,
		async serve({ host = 'localhost', days = 1, own = false }) {
			const name = `server-${servers.length}`;
			const { key, cert } = own ? signer.selfSigned(name, host) : signer.signed(name, host, days);
			const server = createServer({ key, cert }, (_req, res) =>
				res.writeHead(401).end(JSON.stringify({ error: { message: 'Invalid token' } })),
			);
			const local = await listenLocally(server);
			servers.push(local);
			return `https://localhost:${local.port}`;
		},
		close() {
			for (const server of servers) void server.close();
			rmSync(folder, { recursive: true, force: true });
		},
	};
}

interface KeyPair {
	key: Buffer;
	cert: Buffer;
}

/** Makes keys and certificates in a folder, by the program `openssl`. */
class Signer {
	readonly certificateFile: string;

	constructor(private readonly folder: string) {
		this.certificateFile = this.at('ca.pem');
		this.makeSelfSigned('ca', 'authority');
	}

	selfSigned(name: string, host: string): KeyPair {
		this.makeSelfSigned(name, host, '-addext', `subjectAltName=DNS:${host}`);
		return this.read(name);
	}

	signed(name: string, host: string, days: number): KeyPair {
		const request = ['req', ...NEW_KEY, '-subj', `/CN=${host}`, '-keyout', this.at(`${name}.key`)];
		this.openssl(...request, '-out', this.at(`${name}.csr`));
		writeFileSync(this.at(`${name}.ext`), `subjectAltName=DNS:${host}\n`);
		const by = ['-CA', this.certificateFile, '-CAkey', this.at('ca.key'), '-CAcreateserial'];
		const what = ['-in', this.at(`${name}.csr`), '-extfile', this.at(`${name}.ext`)];
		const until = ['-days', String(days)];
		this.openssl('x509', '-req', ...by, ...what, ...until, '-out', this.at(`${name}.pem`));
		return this.read(name);
	}

	private makeSelfSigned(name: string, commonName: string, ...more: string[]): void {
		const files = ['-keyout', this.at(`${name}.key`), '-out', this.at(`${name}.pem`)];
		const subject = ['-subj', `/CN=${commonName}`];
		this.openssl('req', '-x509', ...NEW_KEY, '-days', '1', ...subject, ...more, ...files);
	}

	private read(name: string): KeyPair {
		return {
			key: readFileSync(this.at(`${name}.key`)),
			cert: readFileSync(this.at(`${name}.pem`)),
		};
	}

	private at(name: string): string {
		return join(this.folder, name);
	}

	private openssl(...args: string[]): void {
		execFileSync('openssl', args, { stdio: 'pipe' });
	}
}
