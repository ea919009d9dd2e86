import { Client } from '@weft/client';
import { instanceRecord } from '@weft/conformance';
import { Registry } from '@weft/registry';
import { openMemoryRegistry } from '@weft/registry-memory';
import { openHttpTransport } from '@weft/transport-http';
import { CONCURRENCY } from './concurrent-calls.mjs';

const HOUR_MS = 3_600_000;

/**
 * A client of ours that calls `users`. Instances beyond the number of servers share them.
 * @param {readonly string[]} origins of the servers
 * @param {number} size how many instances are registered
 * @param {Partial<import('@weft/client').ClientOptions>} [options] what is not as by default
 */
export async function openClient(origins, size, options = {}) {
  const driver = await openMemoryRegistry({});
  const { signal } = new AbortController();
  for (let index = 0; index < size; index++) {
    await driver.put(recordOf(index, String(origins[index % origins.length])), { ttlMs: HOUR_MS, signal });
  }
  const registry = new Registry(driver);
  const transport = openHttpTransport({ pool: { connections: CONCURRENCY } });
  const client = new Client({ serviceName: 'users', registry, transport, ...options });
  return {
    client,
    async close() {
      await client.close();
      await Promise.all([transport.close(), registry.close()]);
    },
  };
}

/**
 * @param {number} index
 * @param {string} origin
 */
function recordOf(index, origin) {
  return instanceRecord(`users-${index}`, { endpoints: [{ protocol: 'http', port: Number(new URL(origin).port) }] });
}
