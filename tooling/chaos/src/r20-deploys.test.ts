import { setTimeout as rest } from 'node:timers/promises';
import { Client } from '@weft/client';
import { openHttpTransport } from '@weft/transport-http';
import { describeOn } from '@weft-tooling/servers';
import { describe, expect, it } from 'vitest';
import { failedOf, Load, told } from './load.js';
import { openPlace } from './open-place.js';
import { Providers } from './providers.js';

const SLOW = { DELAY_MS: '200' };

/** Replaces five providers one after the other under load; ends them. */
async function deploy(providers: Providers, perSecond: number): Promise<void> {
  const transport = openHttpTransport();
  const client = new Client({ serviceName: 'things', registry: providers.registry, transport });
  const load = new Load(client, perSecond);
  await rest(500);
  for (let n = 1; n <= 5; n++) {
    const [code] = await Promise.all([providers.leave(`things-${n}`), providers.add(`things-new-${n}`)]);
    expect(code).toBe(0);
  }
  await providers.untilListed(5);
  await rest(500);
  const ended = await load.stop();
  await client.close();
  await transport.close();
  expect(ended.length).toBeGreaterThan(perSecond);
  expect(failedOf(ended), `${told(ended)}\nthe caller stood still for ${load.longestStallMs} ms`).toEqual([]);
  const last = new Set(ended.slice(-perSecond / 2).map(({ by }) => by));
  expect([...last].filter((by) => !by?.startsWith('things-new-'))).toEqual([]);
  expect(last.size, 'they share the load').toBeGreaterThan(1);
}

describe('R20 a rolling deploy of 5 with 200 ms handlers under load loses no GET and no POST', () => {
  it('on the file registry, at 300 calls a second', async () => {
    const providers = await Providers.start(5, SLOW);
    await deploy(providers, 300).finally(() => providers.stop());
  });

  // Side by side, so that they are 300 together: at 300 each the machine and not the deploy would be what is tried.
  describe.concurrent('at 100 calls a second', () => {
    for (const driver of ['redis', 'etcd', 'consul'] as const) {
      describeOn(driver, describe)('on a server', () => {
        it(`on ${driver}`, async () => {
          const providers = await Providers.on(await openPlace(driver), 5, SLOW);
          await deploy(providers, 100).finally(() => providers.stop());
        });
      });
    }
  });
});
