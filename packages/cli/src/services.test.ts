import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { kept, weft } from '../test/console.js';
import { type TemporaryApp, temporaryApp } from '../test/temporary-app.js';
import { run } from './index.js';

let app: TemporaryApp;

beforeEach(async () => {
  app = await temporaryApp();
});

afterEach(() => app.remove());

describe('weft services', () => {
  it('lists services with their instances, those that are up, and their versions', async () => {
    await app.serve({ name: 'orders', id: 'orders-1' });
    await app.serve({ name: 'orders', id: 'orders-2' });
    await app.serve({ name: 'users', id: 'users-1' });
    const { code, stdout } = await weft(['services'], { folder: app.folder });
    expect(stdout).toBe(
      ['SERVICE  INSTANCES  UP  VERSIONS', 'orders   2          2   1.0.0', 'users    1          1   1.0.0', ''].join('\n'),
    );
    expect(code).toBe(0);
  });

  it('needs no config file when the registry is named, and gives one JSON document', async () => {
    await app.serve({ name: 'orders', id: 'orders-1' });
    const { stdout } = await weft(['services', '--registry', 'file', '--path', '.weft', '--json'], { folder: app.folder });
    expect(JSON.parse(stdout)).toEqual([{ name: 'orders', instances: 1, up: 1, versions: ['1.0.0'] }]);
  });

  it('says that there is none, on stderr', async () => {
    const ran = await weft(['services'], { folder: app.folder });
    expect(ran).toEqual({ code: 0, stdout: '', stderr: 'No service is registered.\n' });
  });

  it('is bold only where a person reads it, and not with NO_COLOR', async () => {
    await app.serve({ name: 'orders', id: 'orders-1' });
    const sink = () => ({ ...kept(), isTTY: true });
    const [coloured, plain] = [sink(), sink()];
    await run(['services'], { folder: app.folder, stdout: coloured, env: {} });
    await run(['services'], { folder: app.folder, stdout: plain, env: { NO_COLOR: '1' } });
    expect(coloured.text()).toContain('\u001B[1mSERVICE');
    expect(plain.text()).not.toContain('\u001B');
  });

  it('with --watch tells a snapshot, then each change, and ends with 0 when it is interrupted', async () => {
    const stopping = new AbortController();
    const stdout = kept();
    const first = await app.serve({ name: 'orders', id: 'orders-1' });
    const watching = run(['services', '--watch', '--json', '--interval', '20ms'], {
      folder: app.folder,
      stdout,
      signal: stopping.signal,
    });
    await stdout.has('snapshot');
    await app.serve({ name: 'users', id: 'users-1' });
    await stdout.has('added');
    await first.stop({ immediate: true });
    await stdout.has('removed');
    stopping.abort();
    expect(await watching).toBe(0);
    const events = stdout
      .text()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(events[0]).toMatchObject({ type: 'snapshot', instances: [{ id: 'orders-1' }] });
    expect(events).toContainEqual({ type: 'added', instance: expect.objectContaining({ id: 'users-1' }) });
    expect(events.at(-1)).toEqual({ type: 'removed', instance: expect.objectContaining({ id: 'orders-1' }) });
  });

  it('exits 5 when there is no usable config, and names the ways out', async () => {
    const { code, stderr } = await weft(['services'], { folder: '/' });
    expect(stderr).toMatch(/no weft\.config\..*--config.*--registry file/);
    expect(code).toBe(5);
    const missing = await weft(['services', '--registry', 'consul'], { folder: app.folder });
    expect(missing).toMatchObject({ code: 5, stderr: expect.stringContaining('Run: pnpm add @weft/registry-consul') });
  });

  it('exits 3 when the registry does not answer', async () => {
    await app.write('silent.mjs', SILENT_REGISTRY);
    await app.write('weft.config.json', JSON.stringify({ registry: { from: './silent.mjs' } }));
    const { code, stderr } = await weft(['services', '--timeout', '50ms'], { folder: app.folder });
    expect(stderr).toContain('(WEFT_REGISTRY_UNAVAILABLE)');
    expect(code).toBe(3);
  });

  it('exits 130 when it is interrupted while it waits for the registry', async () => {
    await app.write('silent.mjs', SILENT_REGISTRY);
    await app.write('weft.config.json', JSON.stringify({ registry: { from: './silent.mjs' } }));
    const stopping = new AbortController();
    const asking = weft(['services'], { folder: app.folder, signal: stopping.signal });
    setTimeout(() => stopping.abort(), 100);
    expect((await asking).code).toBe(130);
  });
});

describe('weft instances', () => {
  it('lists the instances of one service', async () => {
    const { port } = await app.serve({ name: 'orders', id: 'orders-1' });
    const { code, stdout } = await weft(['instances', 'orders'], { folder: app.folder });
    expect(stdout).toMatch(new RegExp(`orders-1 +1\\.0\\.0 +http://127\\.0\\.0\\.1:${port} +up +1 +- +-\n$`));
    expect(code).toBe(0);
    const { stdout: json } = await weft(['instances', 'orders', '--json'], { folder: app.folder });
    expect(JSON.parse(json)).toEqual([expect.objectContaining({ id: 'orders-1', port, status: 'up' })]);
  });

  it('exits 1 for an unknown service and names the nearest', async () => {
    await app.serve({ name: 'orders', id: 'orders-1' });
    const { code, stdout, stderr } = await weft(['instances', 'order'], { folder: app.folder });
    expect(stderr).toBe('weft: no instance of "order" is registered. Did you mean "orders"?\n');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  });
});

/** A driver whose backend never answers. */
const SILENT_REGISTRY = `
const never = () => new Promise(() => {});
const value = {
  supports: { propagationMs: 1, ttlGranularityMs: 1, minTtlMs: 1, multiProcess: true },
  put: never, remove: never, list: never, close: async () => {},
  async *watch() { await never(); },
};
export default {
  contract: 1, slot: 'registry', name: 'silent',
  options: { '~standard': { version: 1, vendor: 'test', validate: (value) => ({ value }) } },
  open: async () => ({ value }),
};`;
