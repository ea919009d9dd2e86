import { randomBytes } from 'node:crypto';
import { createClient } from '@weft/host';
import type { Scene } from './scene.js';
import { until } from './scene.js';

const SERVICES = ['gateway', 'orders', 'users'] as const;

/** (g) The trace id of one request is in the logs of all three processes that it went through. */
export const trace: Scene = {
  name: 'one request, one trace id in three logs',
  async play({ registry, fleet, say }) {
    const gateway = await createClient({ serviceName: 'gateway', registry });
    const traceId = randomBytes(16).toString('hex');
    const traceparent = `00-${traceId}-${randomBytes(8).toString('hex')}-01`;
    await gateway.post('/orders', { userId: '7', items: ['tea'] }, { headers: { traceparent } });
    await gateway.close();
    const found = () => SERVICES.filter((service) => fleet.linesOf(service).some((line) => line.includes(traceId)));
    await until(() => found().length === SERVICES.length, 3_000);
    say(`trace ${traceId} is in the logs of ${found().join(', ')}`);
    return { ok: found().length === SERVICES.length, detail: `${traceId} in the logs of ${found().join(', ')}` };
  },
};
