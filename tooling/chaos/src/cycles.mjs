// Starts and stops a host again and again, and tells what is left of it.
import { createHost } from '@weft/host';

const { REGISTRY = '{}', CYCLES = '100' } = process.env;

async function cycle() {
  const host = await createHost({
    service: { name: 'things', host: '127.0.0.1', drain: { propagation: 0 } },
    registry: JSON.parse(REGISTRY),
    logging: { level: 'warn' },
  });
  host.service.addHandler('GET /things/:id', ({ params }) => params);
  await host.start();
  const { statusCode } = await host.client('things').get('/things/7');
  if (statusCode !== 200) throw new Error(`answered ${statusCode}`);
  await host.stop();
}

/** What is left when it is no more than `most`, or after 10 s. */
async function left(most = Number.POSITIVE_INFINITY) {
  for (let looks = 0; looks < 50; looks++) {
    await new Promise((resolve) => setTimeout(resolve, 200));
    if (process.getActiveResourcesInfo().length <= most) break;
  }
  globalThis.gc();
  const listeners = process.eventNames().reduce((sum, event) => sum + process.listenerCount(event), 0);
  return { resources: process.getActiveResourcesInfo().length, listeners, heapBytes: process.memoryUsage().heapUsed };
}

for (let n = 0; n < 10; n++) await cycle();
const before = await left();
for (let n = 0; n < Number(CYCLES); n++) await cycle();
console.log(JSON.stringify({ before, after: await left(before.resources) }));
