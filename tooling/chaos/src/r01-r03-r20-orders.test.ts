import { setTimeout as rest } from 'node:timers/promises';
import { Client, type ClientOptions } from '@weft/client';
import { openHttpTransport } from '@weft/transport-http';
import { describeOn, startServer } from '@weft-tooling/servers';
import { describe, expect, it } from 'vitest';
import { type Ended, failedOf, Load, told } from './load.js';
import { Providers } from './providers.js';

const ORDERS_PER_SECOND = 100;
const HANDLER_MS = 100;
const FREEZE_MS = 6_000;
/** A try that meets the frozen one is given up before that one comes back: the next one takes its claim over. */
const ATTEMPT_MS = 3_000;

/** What became of a load of orders, each with a number of its own. */
interface Outcome {
  readonly ended: readonly Ended[];
  /** Numbers of the orders that were carried out, as often as they were. */
  readonly carriedOut: readonly string[];
}

/** A crash, a freeze and a deploy of five providers, one after the other, while orders come in. */
async function disturb(
  idempotency: Readonly<Record<string, unknown>>,
  env: Readonly<Record<string, string>> = {},
  options: Partial<ClientOptions> = {},
): Promise<Outcome> {
  const CONFIG = JSON.stringify({ service: { idempotency } });
  const providers = await Providers.start(5, { ...env, CONFIG, DELAY_MS: String(HANDLER_MS) });
  const transport = openHttpTransport();
  const client = new Client({ serviceName: 'things', registry: providers.registry, transport, ...options });
  let ended: readonly Ended[] = [];
  try {
    const load = new Load(client, ORDERS_PER_SECOND, (n) => ['POST', `/orders/${n}`]);
    await rest(500);
    providers.signal('things-1', 'SIGKILL');
    await rest(1_000);
    await providers.freeze('things-2');
    await rest(FREEZE_MS);
    providers.signal('things-2', 'SIGCONT');
    await rest(500);
    for (const n of [3, 4, 5]) {
      const [code] = await Promise.all([providers.leave(`things-${n}`), providers.add(`things-new-${n}`)]);
      expect(code).toBe(0);
    }
    ended = await load.stop();
  } finally {
    await Promise.all([client.close(), providers.stop()]);
    await transport.close();
  }
  const carriedOut = [...providers.said.join('').matchAll(/^order (\d+) is carried out$/gm)].map(([, number = '']) => number);
  return { ended, carriedOut };
}

const numberOf = ({ path = '' }: Ended) => path.split('/')[2] ?? '';
/** Those that stand in a list more than once. */
const doubled = (numbers: readonly string[]) => numbers.filter((number, at) => numbers.indexOf(number) !== at);

describe.concurrent('orders while an instance is killed, one stands still for 6 s, and the others are replaced', () => {
  it('with answers remembered by each instance alone none is carried out twice, and what is not known is ambiguous', async () => {
    const { ended, carriedOut } = await disturb({ store: 'memory' });
    expect(doubled(carriedOut), 'carried out twice').toEqual([]);
    const failed = failedOf(ended);
    for (const { error } of failed) expect(error, 'what the killed one was at').toMatchObject({ ambiguous: true });
    expect(failed.length, `ambiguous: ${told(ended)}`).toBeLessThanOrEqual(20);
    const done = new Set(carriedOut);
    expect(ended.filter((call) => !call.error && !done.has(numberOf(call)))).toEqual([]);
  });

  describeOn('redis', describe)('with a shared store', () => {
    it('none fails, and none has its effect twice', async () => {
      const redis = await startServer('redis');
      const store = { store: 'redis', address: redis.address };
      const { ended, carriedOut } = await disturb(store, { EFFECTS: redis.address }, { attemptTimeout: ATTEMPT_MS });
      const effects = (await redis.run(['hvals', 'effects'])).trim().split(/\s+/);
      await redis.stop();
      expect(failedOf(ended), told(ended)).toEqual([]);
      expect(ended.length).toBeGreaterThan(5 * ORDERS_PER_SECOND);
      expect(doubled(effects)).toEqual([]);
      expect([...effects].sort()).toEqual(ended.map(numberOf).sort());
      expect(doubled(carriedOut).length, 'begun anew, since their first process stood still').toBeLessThanOrEqual(60);
    });
  });
});
