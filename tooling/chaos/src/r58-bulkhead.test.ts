import { setTimeout as rest } from 'node:timers/promises';
import { Client } from '@weft/client';
import { openHttpTransport } from '@weft/transport-http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Ended, failedOf, Load, percentile, told } from './load.js';
import { Providers } from './providers.js';

const ROUNDS = 3;
const ROUND_MS = 750;
const PLACES = 25;
const SLOW_MS = 1_000;
/** A machine that is busy answers late: five times what the row allows. */
const SLACK = 5;

describe('R58 a process that calls a slow service and a quick one', () => {
  let providers: Providers;
  beforeAll(async () => {
    providers = await Providers.start(0);
    await Promise.all([
      providers.add('b-1', {}, { NAME: 'b', DELAY_MS: String(SLOW_MS) }),
      providers.add('c-1', {}, { NAME: 'c' }),
    ]);
  });
  afterAll(() => providers.stop());

  it('is refused at once by a full bulkhead, and the quick one does not feel it', async () => {
    const transport = openHttpTransport();
    const policies = { b: { bulkhead: {} } };
    const client = new Client({ registry: providers.registry, transport, policies });
    const quick = () => new Load(client.service('c'), 200, () => ['GET', '/things/7']);
    await client.service('c').get('/things/7');
    const [alone, beside, slow]: [Ended[], Ended[], Ended[]] = [[], [], []];
    for (let round = 0; round < ROUNDS; round++) {
      const first = quick();
      await rest(ROUND_MS);
      alone.push(...(await first.stop()));
      const [second, loadOfB] = [quick(), new Load(client.service('b'), 200, () => ['GET', '/things/7'])];
      await rest(ROUND_MS);
      beside.push(...(await second.stop()));
      slow.push(...(await loadOfB.stop()));
    }
    await client.close();
    await transport.close();

    expect(failedOf([...alone, ...beside]), told([...alone, ...beside])).toEqual([]);
    const [p99Alone, p99Beside] = [percentile(alone, 0.99), percentile(beside, 0.99)];
    expect(p99Beside, `${p99Alone} ms alone`).toBeLessThan((1 + SLACK * 0.2) * p99Alone);
    const refused = slow.filter(({ error }) => error);
    expect(refused.length, 'refused').toBeGreaterThan(0.7 * slow.length);
    for (const { error } of refused) expect(error).toMatchObject({ code: 'WEFT_OVERLOADED', ambiguous: false });
    expect(percentile(refused, 0.99), 'ms until it was refused').toBeLessThan(SLACK * 20);
    const taken = slow.filter(({ status }) => status === 200);
    expect(taken.length, 'nobody waits for a place').toBe(ROUNDS * PLACES);
    expect(percentile(taken, 0.99)).toBeLessThan(SLOW_MS + SLACK * 100);
  });
});
