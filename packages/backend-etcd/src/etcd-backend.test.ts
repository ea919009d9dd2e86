import { findServer, type RunningServer, startServer } from '@weft-tooling/servers';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { type EtcdBackend, keyRange, openEtcd, prefixRange, spanRange } from './index.js';

const found = findServer('etcd35');
const reason = 'missing' in found ? found.missing : found.version;
const options = { signal: new AbortController().signal };
const made = { isMade: true, revision: expect.stringMatching(/^\d+$/) };

describe.skipIf('missing' in found)(`keys and leases of etcd (${reason})`, () => {
  let server: RunningServer;
  let etcd: EtcdBackend;

  beforeAll(async () => {
    server = await startServer('etcd35');
    etcd = await openEtcd({ address: server.address, timeout: '10s' });
  });
  afterEach(() => server.run(['del', '--prefix', '']));
  afterAll(async () => {
    await etcd.close();
    await server.stop();
  });

  it('changes a key only while it has the revision that is expected', async () => {
    const first = await etcd.put('a', '1', { ...options, ifRevision: null });
    expect(first).toEqual(made);
    const revision = first?.isMade ? first.revision : undefined;
    expect(await etcd.put('a', '2', { ...options, ifRevision: null })).toEqual({
      isMade: false,
      held: { key: 'a', text: '1', revision },
    });
    expect(await etcd.put('a', '2', { ...options, ifRevision: revision })).toEqual(made);
    expect(await etcd.remove('a', { ...options, ifRevision: revision })).toMatchObject({ isMade: false, held: { text: '2' } });
    expect(await etcd.revisionOf('a', options)).toMatch(/^\d+$/);
    expect(await etcd.remove('a', options)).toEqual(made);
    expect(await etcd.revisionOf('a', options)).toBeUndefined();
    expect(await etcd.put('a', '3', { ...options, ifRevision: revision })).toEqual({ isMade: false, held: undefined });
  });

  it('shows the text of an earlier revision until that is forgotten', async () => {
    const first = await etcd.put('a', '1', options);
    const last = await etcd.put('a', '2', options);
    if (!first?.isMade || !last?.isMade) throw new Error('not written');
    expect(await etcd.get('a', { ...options, revision: first.revision })).toMatchObject({ text: '1' });
    await server.run(['compact', last.revision]);
    expect(await etcd.get('a', { ...options, revision: first.revision })).toBeUndefined();
    expect(await etcd.get('a', options)).toMatchObject({ text: '2' });
  });

  it('lists exactly the keys of a range', async () => {
    for (const key of ['shop', 'shop-2/a', 'shop/a', 'shop/b/c', 'shop2']) await etcd.put(key, 'x', options);
    const keys = async (range: Parameters<EtcdBackend['list']>[0]) => (await etcd.list(range, options)).map(({ key }) => key);
    expect(await keys(prefixRange('shop/'))).toEqual(['shop/a', 'shop/b/c']);
    expect(await keys(keyRange('shop'))).toEqual(['shop']);
    expect(await keys(spanRange('shop', 'shop/'))).toEqual(['shop', 'shop-2/a', 'shop/a', 'shop/b/c']);
    expect(await keys(prefixRange(''))).toHaveLength(5);
  });

  it('grants at least 2 s, and whole seconds', async () => {
    expect((await etcd.grantLease(1, options)).ttlMs).toBe(2_000);
    expect((await etcd.grantLease(2_500, options)).ttlMs).toBe(3_000);
    expect((await etcd.grantLease(30_000, options)).ttlMs).toBe(30_000);
  });

  it('keeps what stands under a lease while that is renewed, and no longer', async () => {
    const lease = await etcd.grantLease(2_000, options);
    await etcd.put('a', '1', { ...options, leaseId: lease.id });
    expect(await etcd.keepLease(lease.id, options)).toBe(true);
    await vi.waitFor(async () => expect(await etcd.get('a', options)).toBeUndefined(), { timeout: 20_000, interval: 100 });
    expect(await etcd.keepLease(lease.id, options)).toBe(false);
    expect(await etcd.put('a', '1', { ...options, leaseId: lease.id })).toBeUndefined();
    await etcd.revokeLease(lease.id, options);
  });

  it('says that an answer was an answer, and works on', async () => {
    await expect(etcd.put('', 'x', options)).rejects.toMatchObject({ code: 'WEFT_INVALID_ARGUMENT' });
    const huge = 'x'.repeat(1_600_000);
    await expect(etcd.put('a', huge, options)).rejects.toMatchObject({ code: 'WEFT_INVALID_ARGUMENT' });
    expect(await etcd.get('a', options)).toBeUndefined();
  });

  it('loses neither streams nor other operations to a server that refuses many', async () => {
    const watch = etcd.follow(prefixRange('kept/'), options)[Symbol.asyncIterator]();
    await watch.next();
    const next = watch.next();
    const huge = 'x'.repeat(2_100_000);
    const refused = Array.from({ length: 20 }, () => etcd.put('a', huge, { ...options, signal: new AbortController().signal }));
    const reads = Array.from({ length: 50 }, () => etcd.get('none', { signal: new AbortController().signal }));
    expect((await Promise.allSettled(refused)).every(({ status }) => status === 'rejected')).toBe(true);
    expect(new Set(await Promise.all(reads))).toEqual(new Set([undefined]));
    await etcd.put('kept/a', '1', options);
    expect(await next).toMatchObject({ value: { put: { text: '1' } } });
    await watch.return?.();
  });

  it('reads many large values, which are more than one message may hold by default', async () => {
    const large = 'x'.repeat(900_000);
    for (let n = 0; n < 10; n++) await etcd.put(`large/${n}`, large, options);
    expect(await etcd.list(prefixRange('large/'), options)).toHaveLength(10);
  });
});
