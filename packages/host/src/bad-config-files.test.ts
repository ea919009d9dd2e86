import { execFile } from 'node:child_process';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { type TemporaryApp, temporaryApp } from '../test/temporary-app.js';

/** Starts a host as a program would, and tells what it refuses and whether anything listens. */
const program = `
import { Server } from 'node:net';
const { listen } = Server.prototype;
Server.prototype.listen = function (...args) {
  process.stdout.write('{"listens":true}\\n');
  return listen.apply(this, args);
};
const { createHost } = await import(${JSON.stringify(new URL('../dist/index.js', import.meta.url).href)});
try {
  const host = await createHost(process.argv[2], { folder: import.meta.dirname, env: { HOME: '/' } });
  await host.start();
} catch (error) {
  process.stdout.write(JSON.stringify({ code: error.code, problems: error.problems }) + '\\n');
  throw error;
}
`;

/** A bad file, and every problem that must be told: its path and a part of its message. */
type BadFile = readonly [what: string, file: string, text: string, problems: Readonly<Record<string, string>>];

const service = '"service": { "name": "a" }';

const badFiles: readonly BadFile[] = [
  ['a comma too many in JSON', 'a.json', '{\n  "service": { "name": "a", },\n}', { '2:29': 'JSON' }],
  ['a comma before a bracket', 'a.json', '{ "service": { "tags": [1,] } }', { '1:27': 'JSON' }],
  ['an empty JSON file', 'a.json', '', { '1:1': 'JSON' }],
  ['text that is no object', 'a.json', '"users"', { '': 'expected an object, found "users"' }],
  ['YAML that is indented by a tab', 'a.yaml', 'service:\n\tname: a\n', { '2:1': 'ab' }],
  ['YAML with an open quote', 'a.yaml', 'service: { name: "a }\n', { '2:1': 'quote' }],
  ['YAML with a key twice', 'a.yaml', 'service: { name: a }\nservice: { name: b }\n', { '2:1': 'unique' }],
  ['TypeScript that does not parse', 'a.ts', 'export default {\n  service: {\n', { '3:0': 'Unexpected token' }],
  ['JavaScript that does not parse', 'a.mjs', 'export default {\n  service: [ };\n', { '2:13': 'Unexpected token' }],
  ['a module that throws', 'a.mjs', 'throw new Error("no database");', { '': 'no database' }],
  ['a module without a default export', 'a.mjs', 'export const config = {};', { '': 'has no default export' }],
  ['an ending that is no config', 'a.toml', 'name = "a"', { '': 'ends in one of .ts .mts .js .mjs .json .yaml .yml' }],
  ['an unknown block', 'a.json', `{ ${service}, "regsitry": {} }`, { regsitry: 'Did you mean "registry"?' }],
  ['an unknown key', 'a.json', '{ "service": { "name": "a", "prot": 1 } }', { 'service.prot': 'Did you mean "port"?' }],
  ['a wrong type', 'a.json', '{ "service": { "name": "a", "port": "80" } }', { 'service.port': 'from 0 to 65535, found "80"' }],
  ['a number out of range', 'a.yaml', 'service: { name: a, port: 70000 }', { 'service.port': 'from 0 to 65535, found 70000' }],
  ['a missing name', 'a.yaml', 'service: { port: 80 }', { 'service.name': 'is missing: expected text' }],
  ['a duration that is none', 'a.yaml', 'client: { timeout: 3 parsecs }', { 'client.timeout': '"3 parsecs" is not a duration' }],
  ['a duration in nanoseconds', 'a.yaml', 'client: { timeout: 30000000000 }', { 'client.timeout': 'is this Go nanoseconds?' }],
  ['a timeout of no time', 'a.yaml', 'registry: { timeout: 0, ttl: 0s }', { 'registry.timeout': 'more', 'registry.ttl': 'more' }],
  ['an environment without a variable', 'a.yaml', `service: { name: "\${NAME}" }`, { 'service.name': `\${NAME} is not set` }],
  ['an unknown driver', 'a.yaml', 'registry: { driver: consl }', { 'registry.driver': 'Did you mean "consul"?' }],
  ['a driver where a block stands', 'a.yaml', 'config: consul', { config: '{ driver, ... }, found "consul"' }],
  ['an unknown option of a driver', 'a.yaml', 'registry: { driver: file, pth: . }', { 'registry.pth': 'Did you mean "path"?' }],
  ['an unknown strategy', 'a.yaml', 'loadBalancer: rond_robin', { 'loadBalancer.strategy': 'Did you mean "round_robin"?' }],
  [
    'a negative weight',
    'a.yaml',
    'loadBalancer: { strategy: weighted, options: { weights: { a: -1 } } }',
    { 'loadBalancer.options.weights.a': 'from 0, found -1' },
  ],
  [
    'an unknown option of the breaker',
    'a.yaml',
    'circuitBreaker: { treshold: 3 }',
    { 'circuitBreaker.treshold': '"threshold"?' },
  ],
  ['an unknown log level', 'a.yaml', 'logging: { level: inof }', { 'logging.level': 'Did you mean "info"?' }],
  ['a plugin from a URL', 'a.yaml', 'plugins: [{ from: "http://evil.example/x.js" }]', { 'plugins[0].from': 'is a URL' }],
  ['one key in two spellings', 'a.yaml', 'client: { retryDelay: 1, retry_delay: 2 }', { 'client.retry_delay': 'keep one' }],
  [
    'all kinds at once',
    'a.yaml',
    [
      `service: { name: "\${NAME}", port: high, helth: /h }`,
      'client: { timeout: soon }',
      'registry: { driver: file, pth: . }',
      'transport: htp',
      'loadBalancer: rond_robin',
      'queue: { driver: redis }',
      'plugins: ["data:text/javascript,1"]',
    ].join('\n'),
    {
      'service.name': `Set NAME, or write \${NAME:-default}`,
      'service.port': 'found "high"',
      'service.helth': 'unknown key',
      'client.timeout': '"soon" is not a duration',
      'registry.pth': 'Did you mean "path"?',
      'transport.driver': 'Did you mean "http"?',
      'loadBalancer.strategy': 'Did you mean "round_robin"?',
      queue: 'pnpm add @weft/queue-redis',
      'plugins[0].from': 'is a URL',
    },
  ],
];

let app: TemporaryApp;
beforeAll(async () => {
  app = await temporaryApp({ 'start.mjs': program }, ['@weft/registry-file', '@weft/transport-http']);
  for (const [at, [, file, text]] of badFiles.entries()) await app.write(`${at}/${file}`, text);
});
afterAll(() => app.remove());

describe('a malformed config file (R72)', () => {
  it.concurrent.for(badFiles.map((badFile, at) => [badFile[0], at, badFile] as const))(
    '%s is refused with its place and what is right, exit code 1, and no port is opened',
    { timeout: 30_000 },
    async ([, at, [, file, , problems]], { expect }) => {
      const { exitCode, stdout, stderr } = await run(`${at}/${file}`);
      expect(exitCode).toBe(1);
      expect(stdout).not.toContain('listens');
      const told = JSON.parse(stdout) as { code: string; problems: { path: string; message: string }[] };
      expect(told.code).toBe('WEFT_CONFIG_INVALID');
      expect(new Set(told.problems.map(({ path }) => path))).toEqual(new Set(Object.keys(problems)));
      expect(stderr).toContain(`WEFT_CONFIG_INVALID  ${at}/${file}`);
      for (const { path, message } of told.problems) expect(stderr).toContain(`  ${path ? `${path}: ` : ''}${message}`);
      for (const [path, part] of Object.entries(problems)) {
        const messages = told.problems.filter((problem) => problem.path === path).map(({ message }) => message);
        expect(messages.join('\n')).toContain(part);
      }
    },
  );
});

function run(file: string): Promise<{ exitCode: unknown; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, ['start.mjs', file], { cwd: app.folder }, (error, stdout, stderr) => {
      resolve({ exitCode: error ? error.code : 0, stdout, stderr });
    });
  });
}
