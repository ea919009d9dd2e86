import { setTimeout as rest } from 'node:timers/promises';
import { Client } from '@weft/client';
import { openHttpTransport } from '@weft/transport-http';
import { describeOn } from '@weft-tooling/servers';
import { describe, expect, it } from 'vitest';
import { failedOf, Load, told } from './load.js';
import { openPlace } from './open-place.js';
import { Providers } from './providers.js';

const PER_SECOND = 300;
const SLOW = { DELAY_MS: '200' };

/** Replaces five providers one after the other under load; ends them. */
async function deploy(providers: Providers): Promise<void> {
  const transport = openHttpTransport();
  const client = new Client({ serviceName: 'things', registry: providers.registry, transport });
  const load = new Load(client, PER_SECOND);
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
  expect(ended.length).toBeGreaterThan(PER_SECOND);
  expect(failedOf(ended), `${told(ended)}\nthe caller stood still for ${load.longestStallMs} ms`).toEqual([]);
  const last = new Set(ended.slice(-PER_SECOND / 2).map(({ by }) => by));
  expect([...last].filter((by) => !by?.startsWith('things-new-'))).toEqual([]);
  expect(last.size, 'they share the load').toBeGreaterThan(1);
}

// One after the other: at 300 a second on each side by side, the machine and not the deploy would be what is tried.
describe('R20 a rolling deploy of 5 with 200 ms handlers under 300 calls a second loses no GET and no POST', () => {
  it('on the file registry', async () => {
    const providers = await Providers.start(5, SLOW);
    await deploy(providers).finally(() => providers.stop());
  });

  for (const driver of ['redis', 'etcd', 'consul'] as const) {
    describeOn(driver, describe)('on a server', () => {
      it(`on ${driver}`, async () => {
        const providers = await Providers.on(await openPlace(driver), 5, SLOW);
        await deploy(providers).finally(() => providers.stop());
      });
    });
  }
});
