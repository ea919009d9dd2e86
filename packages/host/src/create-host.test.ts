import { afterEach, describe, expect, it, vi } from 'vitest';
import { runHost } from '../test/run-host.js';
import { driverSource, type Installable, logOf, type TemporaryApp, temporaryApp } from '../test/temporary-app.js';
import { createHost } from './create-host.js';

const packages: readonly Installable[] = [
  '@weft/registry-memory',
  '@weft/registry-file',
  '@weft/config-memory',
  '@weft/transport-http',
  '@weft/transport-memory',
];
const quiet = { level: 'silent' } as const;

let app: TemporaryApp;
afterEach(() => app.remove());

describe('createHost', () => {
  it('builds a running system out of a file: service, client, config center, one description', async () => {
    app = await temporaryApp(
      {
        'weft.config.yaml': 'service: { name: users }\nregistry: memory\nconfig: { driver: memory }\nlogging: { level: silent }',
      },
      packages,
    );
    const host = await createHost(undefined, { folder: app.folder, signals: false });
    host.service?.addHandler('GET /users/:id', ({ params }) => ({ id: params.id }));
    expect(host.service?.isRunning()).toBe(false);
    await host.start();
    const reply = await host.client('users').call<{ id: string }>('GET', '/users/7');
    expect(reply.data).toEqual({ id: '7' });
    expect(host.client('users')).toBe(host.client('users'));
    await host.config.set('limits', { max: 3 });
    expect(await host.config.get('limits')).toEqual({ max: 3 });
    expect(host.service?.address).toContain('127.0.0.1');
    expect(host.describe()).toMatchObject({
      source: `${app.folder}/weft.config.yaml`,
      drivers: [
        { slot: 'registry', name: 'memory', path: 'registry' },
        { slot: 'config', name: 'memory', path: 'config' },
        { slot: 'transport', name: 'http', path: 'transport' },
      ],
    });
    await Promise.all([host.stop(), host.stop()]);
    expect(host.service?.isRunning()).toBe(false);
    await expect(host.start()).rejects.toMatchObject({ code: 'WEFT_CLOSED' });
    await expect(host.client('users').call('GET', '/users/7')).rejects.toMatchObject({ code: 'WEFT_CLOSED' });
  });

  it('speaks over the transport that the config names, and listens for no HTTP without it', async () => {
    app = await temporaryApp({}, packages);
    const config = {
      service: { name: 'users' },
      registry: { driver: 'memory', address: app.folder },
      transport: 'memory',
      logging: quiet,
    };
    const host = await createHost(config, { from: app.folder, signals: false });
    host.service?.addHandler('GET /ping', () => 'pong');
    await host.start();
    expect((await host.client('users').get('/ping')).data).toBe('pong');
    expect((await host.registry.getService('users')).endpoints.map(({ protocol }) => protocol)).toEqual(['memory']);
    await host.stop();
  });

  it('keeps registry and config center in files when nothing is configured, and others find them there', async () => {
    app = await temporaryApp({}, ['@weft/registry-file', '@weft/config-file', '@weft/transport-http']);
    vi.stubEnv('WEFT_DIR', app.folder);
    const options = { from: app.folder, signals: false };
    const users = await createHost({ service: { name: 'users' }, logging: quiet }, options);
    users.service?.addHandler('GET /', () => 'here');
    await users.start();
    await users.config.set('limits', { max: 3 });
    const other = await createHost({ logging: quiet }, options);
    await other.start();
    expect((await other.client('users').get('/')).data).toBe('here');
    expect(await other.config.get('limits')).toEqual({ max: 3 });
    await Promise.all([users.stop(), other.stop()]);
    vi.unstubAllEnvs();
  });

  it('leaves out defaults that are not installed, and says how to install them when they are used', async () => {
    app = await temporaryApp({}, ['@weft/registry-memory']);
    const host = await createHost(
      { service: { name: 'a' }, registry: 'memory', logging: quiet },
      { from: app.folder, signals: false },
    );
    expect(() => host.config).toThrow('Run: pnpm add @weft/config-file');
    expect(() => host.client('b')).toThrow('Run: pnpm add @weft/transport-http');
    await host.stop();
  });

  it('refuses blocks of packages that are not installed, all at once', async () => {
    app = await temporaryApp({}, packages);
    const config = { registry: 'memory', tracing: { sampler: 0.1 }, serviceMesh: { sidecar: true }, cache: { enabled: false } };
    const error = await createHost(config, { from: app.folder }).catch((reason: unknown) => reason);
    expect(error).toMatchObject({
      code: 'WEFT_PLUGIN_NOT_INSTALLED',
      message: [
        'config.tracing.driver is "otel", which lives in @weft/tracing-otel, and that package is not installed. Run: pnpm add @weft/tracing-otel',
        'config.serviceMesh needs @weft/mesh, and that package is not installed. Run: pnpm add @weft/mesh',
      ].join('\n'),
    });
  });

  it('can be stopped without having been started, and not started afterwards', async () => {
    app = await temporaryApp({}, packages);
    const host = await createHost({ service: { name: 'a' }, registry: 'memory', logging: quiet }, { from: app.folder });
    await host.stop();
    await expect(host.start()).rejects.toMatchObject({ code: 'WEFT_CLOSED' });
  });

  it('takes a balancer, a breaker and a logger from drivers of the user', async () => {
    app = await temporaryApp({}, packages);
    const value = (of: string) => `return { value: ${of} };`;
    const balancer = '() => ({ strategy: "own", pick: (from) => from[0] && { instance: from[0], done() { tell("picked"); } } })';
    const logger = '{ debug() {}, info() {}, warn() {}, error() {}, child() { return this; } }';
    await app.write('balancer.mjs', driverSource({ slot: 'balancer', name: 'own', open: value(balancer) }, app.folder));
    await app.write('logger.mjs', driverSource({ slot: 'logging', name: 'mine', open: value(logger) }, app.folder));
    const host = await createHost(
      { service: { name: 'a' }, registry: 'memory', loadBalancer: { from: './balancer.mjs' }, plugins: ['./logger.mjs'] },
      { from: app.folder, signals: false },
    );
    host.service?.addHandler('GET /', () => 1);
    await host.start();
    await host.client('a').get('/');
    await host.stop();
    expect(logOf(app.folder)).toEqual(['own opens', 'mine opens', 'own picked']);
  });

  it('reads a TypeScript config with defineConfig', async () => {
    const config = `import { defineConfig } from '@weft/host';\nexport default defineConfig({ registry: 'memory' as string });`;
    app = await temporaryApp({ 'weft.config.ts': config }, packages);
    const { code, output } = await runHost(
      app,
      `import { createHost } from '@weft/host';
const host = await createHost();
console.log(host.describe().source);
await host.stop();`,
    );
    expect({ code, output }).toEqual({ code: 0, output: `${app.folder}/weft.config.ts\n` });
  });
});

describe('the log of a host', () => {
  const program = (logging: string) => `import { createHost } from '@weft/host';
const service = { name: 'users', version: '1.2.0' };
const host = await createHost({ registry: 'memory', service, logging: ${logging} });
host.logger.info('seen', { note: 'planted', email: 'a' });
host.logger.info('id', { is: host.service.id });
await host.stop();`;

  it('names the service, its instance and its version on each line, and hides what it is told to', async () => {
    app = await temporaryApp({}, packages);
    const { output } = await runHost(app, program(`{ redact: ['email'], secrets: ['planted'] }`));
    const [seen, named] = output.split('\n').flatMap((line) => (line ? [JSON.parse(line)] : []));
    expect(seen).toMatchObject({ service: 'users', version: '1.2.0', note: '[redacted]', email: '[redacted]' });
    expect(named.id).toMatch(/^users-[0-9a-z]{8}$/);
    expect(named.is).toBe(named.id);
  });

  it('is for people when the config says so', async () => {
    app = await temporaryApp({}, packages);
    const { output } = await runHost(app, program('{ pretty: true }'));
    expect(output).toMatch(/^[\d:.]+ INFO {2}seen {2}service=users id=/);
  });
});

describe('a host and the signals of its process', () => {
  const program = (stop: string) => `import { createHost } from '@weft/host';
const host = await createHost({ registry: 'memory', logging: { level: 'silent' }, plugins: ['./plugin.mjs'] });
process.on('exit', (code) => console.log('exit', code));
globalThis.stopping = async () => { ${stop} };
await host.start();
setInterval(() => {}, 1000);
console.log('ready');`;
  const plugin = driverSource({ slot: 'plugin', name: 'p', open: 'return { value: 0, stop: () => globalThis.stopping() };' }, '');

  it.each(['SIGTERM', 'SIGINT'] as const)('%s stops it in order and exits 0', async (signal) => {
    app = await temporaryApp({ 'plugin.mjs': plugin }, packages);
    const { code, output } = await runHost(app, program(`console.log('stopping');`), (child) => child.kill(signal));
    expect({ code, output }).toEqual({ code: 0, output: 'ready\nstopping\nexit 0\n' });
  });

  it('stops in order, too, what a signal finds half started', async () => {
    const open =
      'return { value: 0, start: () => { console.log("starting"); return new Promise((go) => setTimeout(go, 1_000)); } };';
    app = await temporaryApp({ 'plugin.mjs': driverSource({ slot: 'plugin', name: 'p', open }, '') }, packages);
    const { code, output } = await runHost(app, program(''), (child) => child.kill('SIGTERM'));
    expect({ code, output }).toEqual({ code: 0, output: 'starting\nexit 0\n' });
  });

  it('exits 1 at once at the second signal', async () => {
    app = await temporaryApp({ 'plugin.mjs': plugin }, packages);
    const stop = `console.log('stopping'); process.kill(process.pid, 'SIGTERM'); await new Promise(() => {});`;
    const { code, output } = await runHost(app, program(stop), (child) => child.kill('SIGTERM'));
    expect({ code, output }).toEqual({ code: 1, output: 'ready\nstopping\nexit 1\n' });
  });

  it('exits 1 when it does not stop cleanly', async () => {
    app = await temporaryApp({ 'plugin.mjs': plugin }, packages);
    const { code } = await runHost(app, program(`throw new Error('no disk');`), (child) => child.kill('SIGTERM'));
    expect(code).toBe(1);
  });
});
