import { type ParseArgsConfig, parseArgs } from 'node:util';
import { clipOf, photoOf, videoOf } from './connection.cjs';
import { parseFault } from './parseFault.cjs';
import { type SandboxOptions, envelopeNames, faultKinds, faultRoutes } from './options.cjs';
import { type RecordedRequest, startSandbox } from './server.cjs';

const HELP = `A stand-in for the Kling API on this machine.

  --port 8787               port on 127.0.0.1 (0 = any free one)
  --prefix /kling           '' looks like the official API, anything else like a gateway
  --seed 1                  same seed, same ids and same faults
  --key sandbox-key         API key; may be given several times
  --access-key / --secret-key
  --submitted-ms 1000 --processing-ms 3000 --create-ms 0
  --accounts 1              more than one: a gateway whose look by external id asks the last account only
  --max-in-flight N         off unless given: more tasks at once answer 429 / 1303
  --rate-per-second N       off unless given: faster calls answer 429 / 1302
  --retry-after N           off unless given: Retry-After, in seconds, with both
  --offers all              whose routes: all · kkiai · sibling
  --faces 1                 in every video
  --lag-ms 0                how far a gateway's own table is behind
  --pack-units N            off unless given: creates beyond answer 429 / 1102
  --no-clips                accept every file unseen
  --no-callbacks
  --webhook-secret whsec_…  sign callbacks
  --envelope official       ${envelopeNames.join(' · ')}
  --status-spelling legacy  legacy · newStandard · newApi
  --ids-as-numbers --seconds
  --fault create:answerLost:0.05      on:kind[:probability[:detail]]; may be given several times
      on    ${faultRoutes.join(' · ')}
      kind  ${faultKinds.join(' · ')}

In n8n: provider Custom, base URL http://127.0.0.1:8787/kling, API key sandbox-key.
`;

const flags = {
	port: { type: 'string', default: '8787' },
	prefix: { type: 'string', default: '/kling' },
	seed: { type: 'string', default: '1' },
	key: { type: 'string', multiple: true, default: ['sandbox-key'] },
	'access-key': { type: 'string' },
	'secret-key': { type: 'string' },
	'submitted-ms': { type: 'string', default: '1000' },
	'processing-ms': { type: 'string', default: '3000' },
	'create-ms': { type: 'string', default: '0' },
	accounts: { type: 'string' },
	'max-in-flight': { type: 'string' },
	'rate-per-second': { type: 'string' },
	'retry-after': { type: 'string' },
	offers: { type: 'string' },
	faces: { type: 'string' },
	'lag-ms': { type: 'string' },
	'pack-units': { type: 'string' },
	'no-clips': { type: 'boolean', default: false },
	'no-callbacks': { type: 'boolean', default: false },
	'webhook-secret': { type: 'string' },
	envelope: { type: 'string' },
	'status-spelling': { type: 'string' },
	'ids-as-numbers': { type: 'boolean', default: false },
	seconds: { type: 'boolean', default: false },
	fault: { type: 'string', multiple: true, default: [] },
	help: { type: 'boolean', default: false },
} satisfies ParseArgsConfig['options'];

/** Leaves out what was not given, so that the server's own defaults hold. */
function ifGiven<K extends keyof SandboxOptions>(key: K, value: SandboxOptions[K] | undefined) {
	return value === undefined ? {} : { [key]: value };
}

const number = (text: string | undefined) => (text === undefined ? undefined : Number(text));

const offerNames = ['all', 'kkiai', 'sibling'] as const;
const statusSpellings = ['legacy', 'newStandard', 'newApi'] as const;

/** A misspelt value would otherwise quietly mean the default. */
function check(flag: string, value: string | undefined, allowed: readonly string[]): void {
	if (value === undefined || allowed.includes(value)) return;
	throw new Error(`--${flag} is one of ${allowed.join(', ')}, not "${value}"`);
}

function readOptions(args: string[]): SandboxOptions | undefined {
	const { values } = parseArgs({ args, options: flags });
	if (values.help) return undefined;
	check('envelope', values.envelope, envelopeNames);
	check('offers', values.offers, offerNames);
	check('status-spelling', values['status-spelling'], statusSpellings);
	if (!/^\d{1,5}$/.test(values.port)) throw new Error(`--port is a number, not "${values.port}"`);
	return {
		port: Number(values.port),
		prefix: values.prefix,
		seed: Number(values.seed),
		apiKeys: values.key,
		submittedMs: Number(values['submitted-ms']),
		processingMs: Number(values['processing-ms']),
		createMs: Number(values['create-ms']),
		fetchClips: !values['no-clips'],
		callbacks: !values['no-callbacks'],
		idsAsNumbers: values['ids-as-numbers'],
		secondsTimestamps: values.seconds,
		faults: values.fault.map(parseFault),
		// It may run for days.
		recordRequests: 1000,
		...ifGiven('accessKey', values['access-key']),
		...ifGiven('secretKey', values['secret-key']),
		...ifGiven('accounts', number(values.accounts)),
		...ifGiven('maxInFlight', number(values['max-in-flight'])),
		...ifGiven('ratePerSecond', number(values['rate-per-second'])),
		...ifGiven('faces', number(values.faces)),
		...ifGiven('lagMs', number(values['lag-ms'])),
		...ifGiven('packUnits', number(values['pack-units'])),
		...ifGiven('offers', oneOf(offerNames, values.offers)),
		...ifGiven('retryAfterSeconds', number(values['retry-after'])),
		...ifGiven('webhookSecret', values['webhook-secret']),
		...ifGiven('envelope', oneOf(envelopeNames, values.envelope)),
		...ifGiven('statusSpelling', oneOf(statusSpellings, values['status-spelling'])),
	};
}

function oneOf<T extends string>(known: readonly T[], text: string | undefined): T | undefined {
	return known.find((name) => name === text);
}

function line({ method, path, route, status, fault, body }: RecordedRequest): string {
	const { voice_name } = (body ?? {}) as { voice_name?: unknown };
	const name = typeof voice_name === 'string' ? ` "${voice_name}"` : '';
	const outcome = status === 0 ? 'connection cut' : String(status ?? '?');
	const note = fault === undefined ? '' : `  (fault: ${fault})`;
	return `${new Date().toISOString().slice(11, 23)}  ${route.padEnd(8)} ${method} ${path}${name} -> ${outcome}${note}`;
}

async function main(): Promise<void> {
	const options = readOptions(process.argv.slice(2));
	if (!options) {
		console.log(HELP);
		return;
	}
	const sandbox = await startSandbox(options);
	const { apiKeys, accessKey, secretKey } = sandbox.options;
	console.log(`Kling sandbox
  base URL      ${sandbox.baseUrl}
  API keys      ${apiKeys.join(', ')}
  access key    ${accessKey}
  secret key    ${secretKey}
  sample files  ${clipOf(sandbox)}
                ${photoOf(sandbox)}
                ${videoOf(sandbox)}
  state         ${sandbox.origin}/_sandbox/state
Ctrl-C stops it.
`);
	sandbox.onRequest = (request) => console.log(line(request));
	for (const signal of ['SIGINT', 'SIGTERM'] as const) {
		process.once(signal, () => void sandbox.close());
	}
}

main().catch((error: unknown) => {
	console.error(error instanceof Error ? error.message : String(error));
	process.exitCode = 1;
});
