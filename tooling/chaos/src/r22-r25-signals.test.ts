import { once } from 'node:events';
import { readdir, rename, rm, writeFile } from 'node:fs/promises';
import { setTimeout as rest } from 'node:timers/promises';
import { Client } from '@weft/client';
import { openHttpTransport } from '@weft/transport-http';
import { describeOn } from '@weft-tooling/servers';
import { describe, expect, it, type TestContext } from 'vitest';
import { until } from './faults/until.js';
import { openPlace } from './open-place.js';
import { type Provider, Providers } from './providers.js';

const WITHDRAW_MS = 2_000;
const ARRIVED_WITHIN_MS = 20_000;
/** A machine that is busy is late: five times what the row allows. */
const SLACK = 5;

/** Exit code, or the signal that ended it, and ms until then. */
async function ending({ process: child }: Provider): Promise<{ code: number | NodeJS.Signals | null; tookMs: number }> {
  const startedAt = performance.now();
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  return { code: child.exitCode ?? child.signalCode, tookMs: performance.now() - startedAt };
}

/** Has what never answers called, and waits until it is; `stuck` resolves to what becomes of the call. */
async function callNever(providers: Providers): Promise<{ readonly stuck: Promise<unknown> }> {
  const stuck = failureOfNever(providers);
  const { lines } = providers.get('things-1');
  await until('the call arrives', ARRIVED_WITHIN_MS, () => lines.join('').includes('{"never":"begun"}'));
  return { stuck };
}

async function failureOfNever({ registry }: Providers): Promise<unknown> {
  const transport = openHttpTransport();
  const client = new Client({ serviceName: 'things', registry, transport });
  const failure = await client.post('/never', null, { timeout: '30s' }).catch((error: unknown) => error);
  await client.close();
  await transport.close();
  return failure;
}

/** A provider that is asked to leave when it cannot take its record away, with a call of 1.5 s in flight. */
async function leaveAlone(providers: Providers): Promise<void> {
  const { port } = providers.get('things-1');
  const slow = fetch(`http://127.0.0.1:${port}/things/7`).then(({ status }) => status, String);
  await rest(200);
  providers.signal('things-1', 'SIGTERM');
  const late = async () => {
    const reply = await fetch(`http://127.0.0.1:${port}/livez`);
    await reply.text();
    return `${reply.status} ${reply.headers.get('connection')}`;
  };
  await until('it serves on, and says that it leaves', ARRIVED_WITHIN_MS, async () => (await late()) === '200 close');
  const { code, tookMs } = await ending(providers.get('things-1'));
  expect([code, await slow]).toEqual([0, 200]);
  expect(tookMs, 'it gives up after 2 s').toBeLessThan(WITHDRAW_MS + SLACK * 1_000);
}

/** So many that are told to leave 0 to 45 ms after they began to start. */
async function endEarly(providers: Providers, count: number): Promise<void> {
  const early = await Promise.all(
    Array.from({ length: count }, async (_, n) => {
      const provider = await providers.begin(`early-${n}`);
      await rest((n * 50) / count);
      const isEarly = !provider.lines.join('').includes('"ready":true');
      provider.process.kill('SIGTERM');
      // One that had not come as far as to listen to signals is ended by this one.
      expect([0, 'SIGTERM']).toContain((await ending(provider)).code);
      return isEarly;
    }),
  );
  expect(early, 'told before its start was over').toContain(true);
}

// Alone: what ends at once takes longer beside a dozen processes that start.
describe('two signals to a provider process', () => {
  it.each([
    ['SIGTERM', 'SIGTERM'],
    ['SIGINT', 'SIGTERM'],
  ] as const)('R23 after a %s a %s ends it at once with 1, whatever runs', async (first, second) => {
    const providers = await Providers.start(1);
    try {
      const { stuck } = await callNever(providers);
      providers.signal('things-1', first);
      await rest(500);
      expect(providers.get('things-1').process.exitCode, 'it drains').toBeNull();
      providers.signal('things-1', second);
      const { code, tookMs } = await ending(providers.get('things-1'));
      expect(code).toBe(1);
      expect(tookMs).toBeLessThan(SLACK * 100);
      expect(await stuck).toMatchObject({ code: 'WEFT_UNAVAILABLE', ambiguous: true });
    } finally {
      await providers.stop();
    }
  });
});

describe.concurrent('signals to a provider process', () => {
  const stopAfter = ({ onTestFinished }: TestContext, providers: Providers) => {
    onTestFinished(() => providers.stop());
    return providers;
  };

  it('R22 a handler that never ends is cut at the end of the grace: its caller is told so, and the process exits 0', async (test) => {
    const CONFIG = JSON.stringify({ service: { drain: { grace: '1s' } } });
    const providers = stopAfter(test, await Providers.start(1, { CONFIG }));
    const { stuck } = await callNever(providers);
    providers.signal('things-1', 'SIGTERM');
    const { code, tookMs } = await ending(providers.get('things-1'));
    expect(code).toBe(0);
    expect(tookMs).toBeGreaterThan(1_000);
    expect(tookMs).toBeLessThan(300 + 1_000 + SLACK * 1_000);
    expect(await stuck).toMatchObject({ code: 'WEFT_UNAVAILABLE', ambiguous: true });
  });

  it('R24 SIGTERM while the folder of the registry is gone: it gives up taking its record away, drains, and exits 0', async (test) => {
    const providers = stopAfter(test, await Providers.start(1, { DELAY_MS: '1500' }));
    const { folder } = providers;
    await rename(folder, `${folder}-away`);
    await writeFile(folder, 'not a folder');
    test.onTestFinished(() => rm(`${folder}-away`, { recursive: true, force: true }));
    await leaveAlone(providers);
  });

  it('R25 SIGTERM before start() is over leaves no record in the folder of the registry', async (test) => {
    const providers = stopAfter(test, await Providers.start(0));
    await endEarly(providers, 10);
    const files = await readdir(providers.folder, { recursive: true });
    const records = files.filter((file) => file.includes('early-') && !file.endsWith('.left.tmp'));
    expect(records, 'beside those that say that they have left').toEqual([]);
  });

  describeOn('redis', describe)('on a server', () => {
    it('R24 SIGTERM while the server of the registry is killed', async (test) => {
      const place = await openPlace('redis');
      const providers = stopAfter(test, await Providers.on(place, 1, { DELAY_MS: '1500' }));
      await place.server.kill();
      await leaveAlone(providers);
    });

    it('R24 SIGTERM while the server of the registry does not answer', async (test) => {
      const place = await openPlace('redis');
      const providers = stopAfter(test, await Providers.on(place, 1, { DELAY_MS: '1500' }));
      await place.server.pause();
      test.onTestFinished(() => place.server.resume());
      await leaveAlone(providers);
    });

    it('R25 SIGTERM before start() is over leaves no registration behind', async (test) => {
      const providers = stopAfter(test, await Providers.on(await openPlace('redis'), 0));
      await endEarly(providers, 5);
      expect(await providers.registry.getServices('things')).toEqual([]);
    });
  });
});
