import { setTimeout as sleep } from 'node:timers/promises';
import { openBare } from './change-bare.mjs';
import { LoopMeter } from './loop-meter.mjs';
import { SERVICE } from './records.mjs';

/**
 * The same list as the client library and JSON give it.
 * @param {import('../figure-area.mjs').FigureSetting} setting
 * @returns {Promise<import('../figure-area.mjs').FigureSource>}
 */
export async function open({ server, address, calls }) {
  const client = await openBare(server, address);
  // The connection is there.
  await client.list('nobody');
  const measure = async () => {
    const before = process.memoryUsage().rss;
    const meter = new LoopMeter();
    const askedAt = performance.now();
    const { length } = await client.list(SERVICE);
    const listedMs = performance.now() - askedAt;
    if (length !== calls) throw new Error(`${length} of ${calls} are listed`);
    await sleep(50);
    const { longestMs, longestCpuMs } = meter.stop();
    return { listedMs, longestMs, longestCpuMs, rssMB: (process.memoryUsage().rss - before) / 1e6 };
  };
  return { measure, close: () => client.close() };
}
