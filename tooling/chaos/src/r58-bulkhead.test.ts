import { setTimeout as rest } from 'node:timers/promises';
import { Client } from '@weft/client';
import { openHttpTransport } from '@weft/transport-http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Ended, failedOf, Load, percentile, told } from './load.js';
import { Providers } from './providers.js';

const ROUNDS = 3;
const ROUND_MS = 750;
const PLACES = 25;
/** So much longer than a round that no place comes free within one. */
const SLOW_MS = 2_000;
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
    const rounds: { alone: readonly Ended[]; beside: readonly Ended[]; slow: readonly Ended[] }[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const first = quick();
      await rest(ROUND_MS);
      const alone = await first.stop();
      const [second, loadOfB] = [quick(), new Load(client.service('b'), 200, () => ['GET', '/things/7'])];
      await rest(ROUND_MS);
      rounds.push({ alone, beside: await second.stop(), slow: await loadOfB.stop() });
    }
    await client.close();
    await transport.close();

    const takenOf = (slow: readonly Ended[]) => slow.filter(({ status }) => status === 200);
    const refusedOf = (slow: readonly Ended[]) => slow.filter(({ error }) => error);
    for (const { alone, beside, slow } of rounds) {
      expect(failedOf([...alone, ...beside]), told([...alone, ...beside])).toEqual([]);
      expect(takenOf(slow).length, 'nobody waits for a place').toBe(PLACES);
      expect(refusedOf(slow).length, 'refused').toBeGreaterThan(0.7 * slow.length);
      for (const { error } of refusedOf(slow)) expect(error).toMatchObject({ code: 'WEFT_OVERLOADED', ambiguous: false });
    }
    // A moment in which the machine is busy spoils a round; what the code does shows in each of them.
    const least = (figureOf: (round: (typeof rounds)[number]) => number) => Math.min(...rounds.map(figureOf));
    const ratio = least(({ alone, beside }) => percentile(beside, 0.99) / percentile(alone, 0.99));
    expect(ratio, 'how much longer the quick one takes').toBeLessThan(1 + SLACK * 0.2);
    expect(
      least(({ slow }) => percentile(refusedOf(slow), 0.99)),
      'ms until it was refused',
    ).toBeLessThan(SLACK * 20);
    expect(least(({ slow }) => percentile(takenOf(slow), 0.99))).toBeLessThan(SLOW_MS + SLACK * 100);
  });
});
