import { once } from 'node:events';
import { createServer } from 'node:net';
import { inspect } from 'node:util';
import { type Logger, noopLogger, sleep, systemClock } from '@weft/core';
import { type FaultProxy, findServer, type RunningServer, startFaultProxy, startServer } from '@weft-tooling/servers';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { type EtcdBackend, type EtcdOptions, type EtcdSurroundings, openEtcd, prefixRange } from './index.js';

const found = findServer('etcd');
const reason = 'missing' in found ? found.missing : found.version;
const { signal } = new AbortController();
const opened: EtcdBackend[] = [];
const proxies: FaultProxy[] = [];

async function open(options: EtcdOptions, around: EtcdSurroundings = {}): Promise<EtcdBackend> {
  const etcd = await openEtcd({ timeout: '3s', ...options }, { random: () => 0, ...around });
  opened.push(etcd);
  return etcd;
}

/** A port where nobody listens. */
async function deadAddress(): Promise<string> {
  const listener = createServer().listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const address = listener.address();
  listener.close();
  return `127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
}

/** Lines at `warn` and `info`. */
function listening(): { readonly lines: string[]; readonly logger: Logger } {
  const lines: string[] = [];
  const note = (message: string) => void lines.push(message);
  return { lines, logger: { ...noopLogger, warn: note, info: note } };
}

afterEach(async () => {
  await Promise.all(opened.splice(0).map((etcd) => etcd.close()));
  await Promise.all(proxies.splice(0).map((proxy) => proxy.close()));
});

describe('the connection to etcd, without a server', () => {
  it('opens all the same, and operations say what is wrong', async () => {
    const address = await deadAddress();
    const { lines, logger } = listening();
    const etcd = await open({ address }, { logger });
    const expected = { code: 'WEFT_REGISTRY_UNAVAILABLE', failure: 'refused', message: expect.stringContaining(address) };
    for (let n = 0; n < 5; n++) await expect(etcd.get('a', { signal })).rejects.toMatchObject(expected);
    expect(lines).toEqual(['etcd is out of contact']);
  });

  it('opens within 5 s although nothing answers, and ends each operation by its timeout', async () => {
    const silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const address = silent.address();
    const startedAt = systemClock.now();
    const etcd = await open({ address: `127.0.0.1:${typeof address === 'object' ? address?.port : 0}`, timeout: '1s' });
    await expect(etcd.get('a', { signal })).rejects.toMatchObject({ failure: 'timeout' });
    expect(systemClock.now() - startedAt).toBeLessThan(5_000);
    const aborted = etcd.get('a', { signal: AbortSignal.abort() });
    await expect(aborted).rejects.toMatchObject({ code: 'WEFT_CANCELLED' });
    silent.close();
  });

  it('keeps its password to itself when it is printed, and says that it is closed to whoever begins to watch', async () => {
    const etcd = await open({ address: await deadAddress(), username: 'ada', password: 'sesame' });
    expect(inspect(etcd, { depth: null, showHidden: true })).not.toContain('sesame');
    expect(JSON.stringify(etcd)).not.toContain('sesame');
    await etcd.close();
    const watch = etcd.follow(prefixRange('a/'), { signal })[Symbol.asyncIterator]();
    await expect(watch.next()).rejects.toMatchObject({ code: 'WEFT_CLOSED' });
  });

  it('refuses options that make no sense', async () => {
    const wrong: readonly EtcdOptions[] = [
      { address: 'redis://localhost' },
      { address: [] },
      { username: 'ada' },
      { password: 'x' },
      { address: 'http://localhost', tls: {} },
      { timeout: 'soon' },
      { timeout: 0 },
      { address: 'localhost:2379/v3' },
      { address: 'https://localhost', tls: false },
    ];
    for (const options of wrong) {
      await expect(open(options), JSON.stringify(options)).rejects.toMatchObject({ code: 'WEFT_CONFIG_INVALID' });
    }
  });
});

describe.skipIf('missing' in found)(`the connection to etcd (${reason})`, () => {
  let server: RunningServer;
  const throughProxy = async () => {
    const proxy = await startFaultProxy({ port: server.port });
    proxies.push(proxy);
    return proxy;
  };

  beforeAll(async () => {
    server = await startServer('etcd', { data: 'disk' });
  });
  afterAll(() => server.stop());

  it('takes the next of several servers when one is dead', async () => {
    const etcd = await open({ address: `${await deadAddress()},${server.address}` });
    await etcd.put('a', '1', { signal });
    expect(await etcd.get('a', { signal })).toMatchObject({ text: '1' });
  });

  it('does not do later what was given up while it connected', async () => {
    const proxy = await throughProxy();
    proxy.stall();
    const etcd = await open({ address: proxy.address, timeout: '1s' });
    // Who asks at once is told that the last try failed.
    await sleep(200, systemClock);
    const ending = new AbortController();
    const writing = etcd.put('late', 'x', { signal: ending.signal });
    setTimeout(() => ending.abort(), 300);
    await expect(writing).rejects.toMatchObject({ code: 'WEFT_CANCELLED' });
    proxy.heal();
    await vi.waitFor(async () => expect(await etcd.get('none', { signal })).toBeUndefined(), { timeout: 20_000 });
    expect(await etcd.get('late', { signal })).toBeUndefined();
  });

  it('serves any number of watches and operations of one signal without a warning', async () => {
    const warned: string[] = [];
    const onWarning = ({ name }: Error) => void warned.push(name);
    process.on('warning', onWarning);
    const etcd = await open({ address: server.address });
    const ending = new AbortController();
    const watches = Array.from({ length: 20 }, () => etcd.follow(prefixRange('b/'), ending)[Symbol.asyncIterator]());
    await Promise.all(watches.map((watch) => watch.next()));
    const nexts = watches.map((watch) => watch.next());
    ending.abort();
    expect(await Promise.all(nexts)).toEqual(nexts.map(() => ({ done: true, value: undefined })));
    await new Promise(setImmediate);
    process.off('warning', onWarning);
    expect(warned).not.toContain('MaxListenersExceededWarning');
  });

  it('moves on to the next server when its own is cut off, without a failed read', async () => {
    const [first, second] = [await throughProxy(), await throughProxy()];
    const etcd = await open({ address: [first.address, second.address] });
    expect([first.connections, second.connections]).toEqual([1, 0]);
    first.cut();
    expect(await etcd.get('none', { signal })).toBeUndefined();
    expect(second.connections).toBe(1);
    [first, second].map((proxy) => proxy.heal());
    second.cut();
    expect(await etcd.get('none', { signal })).toBeUndefined();
    expect(first.connections).toBe(1);
  });

  it('moves on to the next server when its own hangs, also with a timeout below the time to find that', async () => {
    const [first, second] = [await throughProxy(), await throughProxy()];
    const etcd = await open({ address: [first.address, second.address], timeout: '500ms' });
    first.stall();
    await expect(etcd.get('none', { signal })).rejects.toMatchObject({ failure: 'timeout' });
    await vi.waitFor(async () => expect(await etcd.get('none', { signal })).toBeUndefined(), { timeout: 20_000 });
    expect(second.connections).toBe(1);
  });

  it('bears with a server that begins to take 3 s for each answer, and reaches one that does', async () => {
    const proxy = await throughProxy();
    const etcd = await open({ address: proxy.address, timeout: '10s' });
    const watch = etcd.follow(prefixRange('slow/'), { signal })[Symbol.asyncIterator]();
    await watch.next();
    const next = watch.next();
    proxy.delay(1_500);
    const opening = open({ address: proxy.address, timeout: '10s' });
    for (let n = 0; n < 2; n++) await etcd.put('slow/a', String(n), { signal });
    expect(await next).toMatchObject({ value: { put: { text: '0' } } });
    expect(await watch.next()).toMatchObject({ value: { put: { text: '1' } } });
    expect(await (await opening).get('slow/a', { signal })).toMatchObject({ text: '1' });
    expect(proxy.connections).toBe(2);
  });

  it('uses one connection for everything, and gives it back', async () => {
    const proxy = await throughProxy();
    const etcd = await open({ address: proxy.address });
    const watches = [1, 2, 3].map(() => etcd.follow(prefixRange('a/'), { signal })[Symbol.asyncIterator]());
    for (const watch of watches) expect(await watch.next()).toMatchObject({ value: { list: [] } });
    const nexts = watches.map((watch) => watch.next());
    const lease = await etcd.grantLease(5_000, { signal });
    await etcd.put('a/1', '1', { signal, leaseId: lease.id });
    await Promise.all(nexts);
    expect(proxy.connections).toBe(1);
  });

  it('logs once that contact is lost, and once that it is back', async () => {
    const { lines, logger } = listening();
    const proxy = await throughProxy();
    const etcd = await open({ address: proxy.address }, { logger });
    proxy.cut();
    for (let n = 0; n < 3; n++) await etcd.get('none', { signal }).catch(() => {});
    proxy.heal();
    await vi.waitFor(async () => expect(await etcd.get('none', { signal })).toBeUndefined(), { timeout: 10_000 });
    expect(lines).toEqual(['etcd is out of contact', 'etcd is in contact again']);
  });

  it('ends what waits with WEFT_CLOSED when it is closed', async () => {
    const proxy = await throughProxy();
    const etcd = await open({ address: proxy.address });
    proxy.stall();
    const waiting = expect(etcd.get('none', { signal })).rejects.toMatchObject({ code: 'WEFT_CLOSED' });
    await etcd.close();
    await etcd.close();
    await waiting;
  });
});
