import { findServer, type RunningServer, startServer } from '@weft-tooling/servers';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { type EtcdBackend, type EtcdOptions, openEtcd, prefixRange } from './index.js';

const { signal } = new AbortController();
const ROOT = ['--user', 'root:top-secret'];
const ADA = { username: 'ada', password: 'ada-secret' };
const opened: EtcdBackend[] = [];

for (const name of ['etcd', 'etcd35'] as const) {
  const found = findServer(name);
  const reason = 'missing' in found ? found.missing : found.version;
  describe.skipIf('missing' in found)(`etcd with access control (${reason})`, () => {
    let server: RunningServer;
    const open = async (options: EtcdOptions = ADA, mustRead?: string) => {
      const around = mustRead === undefined ? {} : { mustRead };
      const etcd = await openEtcd({ address: server.address, timeout: '3s', ...options }, { path: 'registry', ...around });
      opened.push(etcd);
      return etcd;
    };

    beforeAll(async () => {
      server = await startServer(name, { data: 'disk' });
      await server.run(['user', 'add', 'root:top-secret']);
      await server.run(['user', 'grant-role', 'root', 'root']).catch(() => server.run(['role', 'add', 'root']));
      await server.run(['user', 'grant-role', 'root', 'root']);
      await server.run(['role', 'add', 'shop']);
      await server.run(['role', 'grant-permission', 'shop', '--prefix=true', 'readwrite', 'shop/']);
      await server.run(['user', 'add', `${ADA.username}:${ADA.password}`]);
      await server.run(['user', 'grant-role', ADA.username, 'shop']);
    });
    afterEach(() => Promise.all(opened.splice(0).map((etcd) => etcd.close())));
    afterAll(() => server.stop());

    it('takes credentials also while access control is off', async () => {
      const etcd = await open();
      await etcd.put('shop/a', '1', { signal });
      expect(await etcd.get('shop/a', { signal })).toMatchObject({ text: '1' });
      await server.run(['auth', 'enable']);
      await etcd.put('shop/a', '2', { signal });
      expect(await etcd.get('shop/a', { signal })).toMatchObject({ text: '2' });
    });

    it('does not open with wrong credentials or none, and never says the password', async () => {
      for (const options of [{ ...ADA, password: 'guess-123' }, { username: 'nobody', password: 'guess-123' }, {}]) {
        const error = await open(options).catch((thrown: unknown) => thrown);
        expect(error).toMatchObject({ code: 'WEFT_UNAUTHENTICATED', message: expect.stringContaining(server.address) });
        expect(String(error)).not.toContain('guess-123');
      }
    });

    it('says what is not ours to read, at once when it was to be read at opening', async () => {
      const denied = { code: 'WEFT_PERMISSION_DENIED', message: expect.stringContaining('"other/"') };
      await expect(open(ADA, 'other/')).rejects.toMatchObject(denied);
      const etcd = await open(ADA, 'shop/');
      await expect(etcd.list(prefixRange('other/'), { signal })).rejects.toMatchObject(denied);
      const watch = etcd.follow(prefixRange('other/'), { signal })[Symbol.asyncIterator]();
      await expect(watch.next()).rejects.toMatchObject(denied);
      await expect(etcd.put('other/a', '1', { signal })).rejects.toMatchObject({ code: 'WEFT_PERMISSION_DENIED' });
      expect(await etcd.get('shop/a', { signal })).toMatchObject({ text: '2' });
    });

    it('keeps leases and streams like everybody', async () => {
      const etcd = await open();
      const watch = etcd.follow(prefixRange('shop/'), { signal })[Symbol.asyncIterator]();
      await watch.next();
      const lease = await etcd.grantLease(5_000, { signal });
      await etcd.put('shop/leased', '1', { signal, leaseId: lease.id });
      expect(await watch.next()).toMatchObject({ value: { put: { key: 'shop/leased' } } });
      expect(await etcd.keepLease(lease.id, { signal })).toBe(true);
      await etcd.revokeLease(lease.id, { signal });
      expect(await watch.next()).toEqual({ done: false, value: { removed: 'shop/leased' } });
      await watch.return?.();
    });

    it('works on after a restart, which makes all tokens invalid', async () => {
      const etcd = await open();
      const lease = await etcd.grantLease(60_000, { signal });
      await server.restart();
      expect(await etcd.get('shop/a', { signal })).toMatchObject({ text: '2' });
      expect(await etcd.keepLease(lease.id, { signal })).toBe(true);
      const watch = etcd.follow(prefixRange('shop/'), { signal })[Symbol.asyncIterator]();
      expect(await watch.next()).toMatchObject({ value: { list: [{ text: '2' }] } });
      const next = watch.next();
      await etcd.put('shop/a', '3', { signal });
      expect(await next).toMatchObject({ value: { put: { text: '3' } } });
      await watch.return?.();
    });

    it('tells when credentials are revoked, and works again when they are back', async () => {
      const etcd = await open();
      await server.run([...ROOT, 'user', 'delete', ADA.username]);
      await expect(etcd.get('shop/a', { signal })).rejects.toMatchObject({ code: 'WEFT_UNAUTHENTICATED', retryable: true });
      await server.run([...ROOT, 'user', 'add', `${ADA.username}:${ADA.password}`]);
      await vi.waitFor(() => expect(etcd.get('shop/a', { signal })).rejects.toMatchObject({ code: 'WEFT_PERMISSION_DENIED' }), {
        timeout: 10_000,
      });
      await server.run([...ROOT, 'user', 'grant-role', ADA.username, 'shop']);
      expect(await etcd.get('shop/a', { signal })).toMatchObject({ text: '3' });
    });
  });
}
