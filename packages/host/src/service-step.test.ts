import { settle, virtualClock } from '@weft/conformance';
import { sleep } from '@weft/core';
import { afterEach, describe, expect, it } from 'vitest';
import { type TemporaryApp, temporaryApp } from '../test/temporary-app.js';
import { createHost } from './create-host.js';

let app: TemporaryApp;
afterEach(() => app.remove());

/** A host whose service works at one call that takes so long, while it is stopped. */
async function stoppedAtWork(workMs: number, drain: { readonly grace?: string; readonly propagation?: string }) {
  app = await temporaryApp({}, ['@weft/registry-memory', '@weft/transport-memory']);
  const clock = virtualClock();
  const registry = { driver: 'memory', address: app.folder };
  const around = { from: app.folder, signals: false, clock };
  const common = { registry, transport: 'memory', logging: { level: 'silent' } } as const;
  const host = await createHost({ ...common, service: { name: 'orders', drain } }, around);
  const caller = await createHost({ ...common, client: { timeout: false, attemptTimeout: false, retries: 0 } }, around);
  host.service?.addHandler('GET /', () => sleep(workMs, clock).then(() => 'done'));
  await Promise.all([host.start(), caller.start()]);
  const answered = caller
    .client('orders')
    .get('/')
    .then(
      ({ data }) => data,
      ({ code }) => code,
    );
  await settle();
  const stopped = host.stop().then(
    () => 'in order',
    (error: unknown) => String(error),
  );
  return { clock, answered, stopped, close: () => caller.stop() };
}

describe('The service of a host', () => {
  it('is given the time to stop that its config gives to calls in flight', async () => {
    const { clock, answered, stopped, close } = await stoppedAtWork(36_000, { grace: '60s' });
    await clock.advance(36_000);
    expect(await answered).toBe('done');
    expect(await stopped).toBe('in order');
    await close();
  });

  it('is given the time, too, to serve on until callers know', async () => {
    const { clock, answered, stopped, close } = await stoppedAtWork(55_000, { propagation: '40s' });
    await clock.advance(55_000);
    expect(await answered).toBe('done');
    expect(await stopped).toBe('in order');
    await close();
  });

  it('cuts what takes longer than that, and the host stops in order all the same', async () => {
    const { clock, answered, stopped, close } = await stoppedAtWork(600_000, { grace: '60s' });
    await clock.advance(60_000);
    expect(await answered).not.toBe('done');
    expect(await stopped).toBe('in order');
    await close();
  });
});
