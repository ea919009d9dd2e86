import { Client } from '@weft/client';
import { instanceRecord } from '@weft/conformance';
import { Registry } from '@weft/registry';
import { openMemoryRegistry } from '@weft/registry-memory';
import { openHttpTransport } from '@weft/transport-http';
import { CONCURRENCY, clientVariant } from '../concurrent-calls.mjs';
import { USER_PATH } from '../user-answer.mjs';

const HOUR_MS = 3_600_000;

/**
 * Ours with its defaults: discovery, pick, ejection, breaker, retries armed, deadline, trace header. Instances beyond the
 * number of servers share them.
 * @param {import('../area.mjs').Setting} setting
 */
export async function open({ origins, size }) {
  const driver = await openMemoryRegistry({});
  const { signal } = new AbortController();
  for (let index = 0; index < size; index++) {
    await driver.put(recordOf(index, String(origins[index % origins.length])), { ttlMs: HOUR_MS, signal });
  }
  const registry = new Registry(driver);
  const transport = openHttpTransport({ pool: { connections: CONCURRENCY } });
  const client = new Client({ serviceName: 'users', registry, transport });
  return clientVariant(
    async () => (await client.get(USER_PATH)).data,
    async () => {
      await client.close();
      await Promise.all([transport.close(), registry.close()]);
    },
  );
}

/**
 * @param {number} index
 * @param {string} origin
 */
function recordOf(index, origin) {
  return instanceRecord(`users-${index}`, { endpoints: [{ protocol: 'http', port: Number(new URL(origin).port) }] });
}
