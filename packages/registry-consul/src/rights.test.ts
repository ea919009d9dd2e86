import { randomUUID } from 'node:crypto';
import type { RegistryDriver } from '@weft/core';
import { Registry } from '@weft/registry';
import { describeOn, type RunningServer, startServer } from '@weft-tooling/servers';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { follow, record, signal } from '../test/records.js';
import { openConsulRegistry } from './index.js';

const MASTER = randomUUID();
const soon = { timeout: 15_000, interval: 50 };
const ttlMs = 30_000;

describeOn('consul', describe)('a Consul that denies what is not allowed', () => {
  let server: RunningServer;
  const opened: RegistryDriver[] = [];

  beforeAll(async () => {
    const config = `acl { enabled = true, default_policy = "deny", tokens { master = "${MASTER}", agent = "${MASTER}" } }`;
    server = await startServer('consul', { config });
    await vi.waitFor(() => acl('policy', 'list'), soon);
  });
  afterEach(() => Promise.all(opened.splice(0).map((driver) => driver.close())));
  afterAll(() => server?.stop());

  const acl = (...args: string[]) => server.run(['acl', ...args, `-token=${MASTER}`]);

  async function open(token?: string): Promise<RegistryDriver> {
    const driver = await openConsulRegistry({ address: server.address, ...(token !== undefined && { token }) });
    opened.push(driver);
    return driver;
  }

  async function tokenFor(rules: string, secret: string = randomUUID()): Promise<string> {
    const name = `p-${randomUUID()}`;
    await acl('policy', 'create', `-name=${name}`, `-rules=${rules}`);
    await acl('token', 'create', `-policy-name=${name}`, `-secret=${secret}`);
    return secret;
  }

  it('does not open with a token that it does not know, and says so without the token', async () => {
    const token = randomUUID();
    const error = await open(token).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'WEFT_UNAUTHENTICATED', message: expect.stringContaining(server.address) });
    expect(String(error)).not.toContain(token);
  });

  it('opens with a token that may register and read, and does both', async () => {
    const driver = await open(await tokenFor('service_prefix "" { policy = "write" } node_prefix "" { policy = "read" }'));
    await driver.put(record(), { ttlMs, signal });
    expect(await driver.list('orders', { signal })).toEqual([record()]);
    expect(await driver.list(undefined, { signal })).toEqual([record()]);
    expect(await driver.list('nobody', { signal })).toEqual([]);
  });

  it.each([
    ['no token', async () => undefined],
    ['a token without any right', () => tokenFor('key_prefix "" { policy = "read" }')],
    ['a token that may read the nodes alone', () => tokenFor('node_prefix "" { policy = "read" }')],
    ['a token that may read the services alone', () => tokenFor('service_prefix "" { policy = "read" }')],
  ])('is no empty list to %s, neither when it is listed nor when it is watched', async (_, token) => {
    await (await open(MASTER)).put(record(), { ttlMs, signal });
    const driver = await open(await token());
    const denied = { code: 'WEFT_PERMISSION_DENIED' };
    await expect(driver.list('orders', { signal })).rejects.toMatchObject(denied);
    await expect(driver.list(undefined, { signal })).rejects.toMatchObject(denied);
    const [one, all] = [follow(driver, 'orders'), follow(driver, undefined)];
    await vi.waitFor(() => expect([one.failures[0], all.failures[0]]).toMatchObject([denied, denied]), soon);
    expect([one.events, all.events]).toEqual([[], []]);
  });

  it('refuses to register without the right to', async () => {
    const driver = await open(await tokenFor('service_prefix "" { policy = "read" } node_prefix "" { policy = "read" }'));
    const put = driver.put(record({ id: 'denied-1', name: 'denied' }), { ttlMs, signal });
    await expect(put).rejects.toMatchObject({ code: 'WEFT_PERMISSION_DENIED' });
  });

  it('keeps the last list while a token is revoked, and goes on when it is there again', async () => {
    const rules = 'service_prefix "" { policy = "write" } node_prefix "" { policy = "read" }';
    const secret = await tokenFor(rules);
    const registry = new Registry(await open(secret), { staleAfter: 500, ttl: '10s' });
    const told: string[] = [];
    for (const event of ['stale', 'recovered'] as const) registry.on(event, () => void told.push(event));
    const registration = registry.register(record({ name: 'kept', id: 'kept-1' }));
    await registration;
    const watch = registry.watch('kept', { signal });
    await watch[Symbol.asyncIterator]().next();
    const accessor = /AccessorID:\s+(\S+)/.exec(await server.run(['acl', 'token', 'read', '-self', `-token=${secret}`]))?.[1];
    await acl('token', 'delete', `-id=${accessor}`);
    await vi.waitFor(() => expect(told).toContain('stale'), soon);
    expect((await registry.getServices('kept')).map(({ id }) => id)).toEqual(['kept-1']);
    await tokenFor(rules, secret);
    await vi.waitFor(() => expect(told).toContain('recovered'), { ...soon, timeout: 25_000 });
    await registry.close();
  });
});
