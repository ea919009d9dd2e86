import { findServer, type RunningServer } from '@weft-tooling/servers';
import { describe, expect, it } from 'vitest';
import type { BackendName } from './backend.js';
import { meansOf, startBackend } from './backends.js';
import { EVERYWHERE } from './everywhere.js';

/** How its own tool reads a value with the account of the tests; what it prints, or `refused`. */
const AS_ACCOUNT: Readonly<Record<BackendName, (server: RunningServer, key: string) => Promise<string>>> = {
  consul: (server, key) => server.run(['kv', 'get', `-token=${meansOf('consul').credentials.token}`, key]),
  etcd: (server, key) => server.run(['--user', 'weft:weft-secret', 'get', '--print-value-only', key]),
  etcd35: (server, key) => server.run(['--user', 'weft:weft-secret', 'get', '--print-value-only', key]),
  redis: (server, key) => server.run(['--user', 'weft', '--pass', 'weft-secret', '--no-auth-warning', 'GET', key]),
};
const read = (name: BackendName, server: RunningServer, key: string) =>
  AS_ACCOUNT[name](server, key).then(
    (text) => text.trim(),
    () => 'refused',
  );

describe.each(EVERYWHERE)('the backend %s of the faults', (name) => {
  const isMissing = 'missing' in findServer(meansOf(name).server);

  it.skipIf(isMissing)('has an account that can be taken away and given back, and survives being emptied', async () => {
    const backend = await startBackend(name, { accounts: true });
    try {
      const { server } = backend;
      await backend.rawSetConfig('config/limits', '{"a":"b c"}');
      expect(await read(name, server, 'config/limits')).toBe('{"a":"b c"}');
      await backend.revoke();
      expect(await read(name, server, 'config/limits')).toBe('refused');
      await backend.restore();
      expect(await read(name, server, 'config/limits')).toBe('{"a":"b c"}');
      await backend.rawRemoveConfig('config/limits');
      expect(await read(name, server, 'config/limits')).not.toContain('a');
      await backend.rawSetConfig('config/limits', '7');
      await server.restart();
      expect(await read(name, server, 'config/limits')).toBe('7');
      await backend.restartEmpty();
      expect(await read(name, server, 'config/limits')).not.toBe('7');
      await backend.rawSetConfig('config/limits', '8');
      expect(await read(name, server, 'config/limits')).toBe('8');
      await backend.compact();
    } finally {
      await backend.stop();
    }
  });
});
