import { setTimeout as sleep } from 'node:timers/promises';
import { CountingRelay } from './counting-relay.mjs';
import { openDriver } from './drivers.mjs';
import { record, SERVICE } from './records.mjs';
import { requestsIn } from './requests-in.mjs';

const PUT = { ttlMs: 30_000, signal: new AbortController().signal };
/** The first list has come by then. */
const LISTED_MS = 500;
/** Whatever a beat tells the watchers has come by then. */
const TOLD_MS = 2_000;

/**
 * What it costs to stay registered: requests and bytes of a beat on the wire, and what watchers are told.
 * @param {import('../figure-area.mjs').FigureSetting} setting
 * @returns {Promise<import('../figure-area.mjs').FigureSource>}
 */
export async function open({ server, address, calls }) {
  const relay = new CountingRelay(address);
  const driver = await openDriver({ server, address: await relay.listen() });
  const reader = await openDriver({ server, address });
  const self = record(0, 0);
  await driver.put(self, PUT);
  await driver.put(self, PUT);
  const reading = new AbortController();
  let told = 0;
  const read = async () => {
    for await (const event of reader.watch(SERVICE, { signal: reading.signal })) if (event) told++;
  };
  const done = read();

  const measure = async () => {
    await sleep(LISTED_MS);
    const before = told;
    relay.reset();
    for (let beat = 0; beat < calls; beat++) await driver.put(self, PUT);
    const requests = relay.sent.reduce((sum, sent) => sum + requestsIn(server, sent), 0);
    const { bytes } = relay;
    await sleep(TOLD_MS);
    return { requests: requests / calls, bytes: bytes / calls, events: told - before };
  };
  return {
    measure,
    close: async () => {
      reading.abort();
      await done;
      await Promise.all([driver.close(), reader.close()]);
      relay.close();
    },
  };
}
