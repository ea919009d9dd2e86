import { randomUUID } from 'node:crypto';
import { ConfigClient } from '@weft/config';
import type { ConfigDriver, ConfigEvent } from '@weft/core';
import { describeOn, type RunningServer, startServer } from '@weft-tooling/servers';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import driver, { consulConfigOptions, openConsulConfig } from './index.js';

const MASTER = randomUUID();
const soon = { timeout: 10_000, interval: 20 };
const { signal } = new AbortController();

describe('the options of config/consul', () => {
  it('are those of the connection, and nothing else', () => {
    const tls = { ca: 'ca.pem', cert: 'a.pem', key: 'a.key', serverName: 'consul' };
    const options = { address: ['a:1', 'b:2'], token: 't', datacenter: 'dc2', namespace: 'n', tls };
    expect(consulConfigOptions.parse(options)).toEqual(options);
    expect(consulConfigOptions.parse({})).toEqual({});
    for (const bad of [
      { adress: 'a' },
      { address: [] },
      { address: 8500 },
      { address: 'x:99999' },
      { token: '' },
      { tls: { cafile: 'x' } },
      { prefix: 'p' },
    ]) {
      expect(consulConfigOptions.safeParse(bad).success, JSON.stringify(bad)).toBe(false);
    }
  });

  it('belong to the driver "consul" of the slot "config"', () => {
    expect(driver).toMatchObject({ contract: 1, slot: 'config', name: 'consul', options: consulConfigOptions });
  });
});

describeOn('consul', describe)('the key-value store of a Consul with rights', () => {
  let server: RunningServer;
  let config: ConfigDriver;

  beforeAll(async () => {
    server = await startServer('consul', {
      config: `acl { enabled = true, default_policy = "deny", tokens { master = "${MASTER}", agent = "${MASTER}" } }`,
    });
    await vi.waitFor(() => server.run(['acl', 'policy', 'list', `-token=${MASTER}`]), soon);
    config = await openConsulConfig({ address: server.address, token: MASTER });
  });
  afterAll(async () => {
    await config?.close();
    await server?.stop();
  });

  const consul = (tool: string, verb: string, ...args: string[]) => server.run([tool, verb, `-token=${MASTER}`, ...args]);
  const aclToken = async (rules: string) => {
    const [name, secret] = [`p-${randomUUID()}`, randomUUID()];
    await server.run(['acl', 'policy', 'create', `-token=${MASTER}`, `-name=${name}`, `-rules=${rules}`]);
    await server.run(['acl', 'token', 'create', `-token=${MASTER}`, `-policy-name=${name}`, `-secret=${secret}`]);
    return secret;
  };

  it('shows the tool of Consul what a client sets, under the same key', async () => {
    const client = new ConfigClient(await openConsulConfig({ address: server.address, token: MASTER }));
    await client.set('database', { host: 'a' });
    expect(JSON.parse(await consul('kv', 'get', 'config/database'))).toEqual({ host: 'a' });
    const watch = client.watch('database', { signal })[Symbol.asyncIterator]();
    expect((await watch.next()).value).toEqual({ host: 'a' });
    await consul('kv', 'put', 'config/database', '{"host":"b"}');
    expect((await watch.next()).value).toEqual({ host: 'b' });
    await client.close();
  });

  it('writes with a revision only while that is in force, one of many who try', async () => {
    await config.set('cas/a', '1', { signal, ifRevision: null });
    const conflict = { code: 'WEFT_CONFLICT' };
    await expect(config.set('cas/a', '2', { signal, ifRevision: null })).rejects.toMatchObject(conflict);
    const revision = (await config.get('cas/a', { signal }))?.revision ?? '';
    const tries = ['2', '3', '4'].map((text) => config.set('cas/a', text, { signal, ifRevision: revision }));
    const results = await Promise.allSettled(tries);
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const old of [revision, '0', 'x', '']) {
      await expect(config.set('cas/a', '5', { signal, ifRevision: old }), old).rejects.toMatchObject(conflict);
    }
    await expect(config.set('cas/none', '1', { signal, ifRevision: '7' })).rejects.toMatchObject(conflict);
    expect(await config.get('cas/none', { signal })).toBeUndefined();
  });

  it('tells an empty value from none', async () => {
    await config.set('empty', '', { signal });
    expect((await config.get('empty', { signal }))?.text).toBe('');
    expect(await config.get('none', { signal })).toBeUndefined();
  });

  it('takes 512 KiB, and refuses more with the limit', async () => {
    await config.set('large', 'x'.repeat(524_288), { signal });
    expect((await config.get('large', { signal }))?.text).toHaveLength(524_288);
    await expect(config.set('large', 'x'.repeat(524_289), { signal })).rejects.toMatchObject({
      code: 'WEFT_INVALID_ARGUMENT',
      message: expect.stringContaining('at most 524288'),
    });
  });

  it('is no empty list to who may not read, neither when it is listed nor when it is watched', async () => {
    for (const rules of ['service_prefix "" { policy = "read" }', 'key_prefix "other/" { policy = "read" }']) {
      const denied = await openConsulConfig({ address: server.address, token: await aclToken(rules) });
      const error = { code: 'WEFT_PERMISSION_DENIED' };
      await expect(denied.list('config', { signal })).rejects.toMatchObject(error);
      await expect(denied.get('config/database', { signal })).rejects.toMatchObject(error);
      await expect(denied.watch('config', { signal })[Symbol.asyncIterator]().next()).rejects.toMatchObject(error);
      await expect(denied.set('config/database', '1', { signal })).rejects.toMatchObject(error);
      await denied.close();
    }
  });

  it('is an empty list to who may read it and finds nothing', async () => {
    const token = await aclToken('key_prefix "nothing/" { policy = "read" }');
    const reader = await openConsulConfig({ address: server.address, token });
    expect(await reader.list('nothing', { signal })).toEqual([]);
    const first = await reader.watch('nothing', { signal })[Symbol.asyncIterator]().next();
    expect(first.value).toEqual({ list: [] } satisfies ConfigEvent);
    await reader.close();
  });
});
