import { memoryMetrics } from '@weft/core';
import { afterEach, describe, expect, it } from 'vitest';
import { blockableClock } from '../test/blockable-clock.js';
import { type MemoryScene, openScene } from '../test/memory-scene.js';
import { call } from './http-call.fixture.js';
import { Service } from './service.js';
import type { ServiceRegistry } from './service-registry.js';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function scene() {
  const published: unknown[] = [];
  const told: string[] = [];
  const registration = {
    isRegistered: true,
    registered: Promise.resolve(),
    update: ({ status }: { readonly status?: unknown }) => void published.push(status),
    withdraw: async () => {},
  };
  const registry: ServiceRegistry = { announce: () => registration };
  const clock = blockableClock();
  const opened: MemoryScene = await openScene(
    (service) => {
      service.setHealthCheck({ database: () => true });
      service.on('status', (status) => told.push(status));
    },
    { registry },
    clock,
  );
  closing.push(opened.close);
  return { ...opened, clock, published, told };
}

describe('R5 An event loop that was blocked', () => {
  it('makes the service not ready at once, in its record too, until a second has passed without another block', async () => {
    const { clock, ask, published, told } = await scene();
    clock.block(5_000);
    await clock.advance(100);
    expect([published, told]).toEqual([['not-ready'], ['not-ready']]);
    expect(await ask('GET', '/readyz')).toMatchObject({ status: 503, text: '{"status":"not-ready"}' });
    expect((await ask('GET', '/livez')).status).toBe(200);
    await clock.advance(900);
    expect(published).toHaveLength(1);
    await clock.advance(100);
    expect([published, told]).toEqual([
      ['not-ready', 'up'],
      ['not-ready', 'up'],
    ]);
    expect((await ask('GET', '/readyz')).status).toBe(200);
  });

  it('is known to a probe that is read before any timer could run, and published when one does', async () => {
    const { clock, service, published } = await scene();
    clock.block(5_000);
    expect([service.status, published]).toEqual(['not-ready', []]);
    await clock.advance(100);
    expect([service.status, published]).toEqual(['not-ready', ['not-ready']]);
  });

  it('stands in the health report while it matters, as a check that failed', async () => {
    const { clock, ask } = await scene();
    const database = { status: 'healthy' };
    clock.block(5_000);
    await clock.advance(100);
    const blocked = await ask('GET', '/health');
    expect([blocked.status, JSON.parse(blocked.text)]).toEqual([
      503,
      {
        status: 'unhealthy',
        timestamp: expect.any(String),
        checks: { database, eventLoop: { status: 'failed', error: 'blocked for 5000 ms' } },
      },
    ]);
    await clock.advance(1_000);
    const over = await ask('GET', '/health');
    expect([over.status, JSON.parse(over.text)]).toMatchObject([200, { status: 'healthy', checks: { database } }]);
  });

  it('does not make a service ready whose checks fail, nor says twice that it is not', async () => {
    const { clock, service, published } = await scene();
    service.setHealthCheck({ database: () => false });
    await clock.advance(0);
    clock.block(5_000);
    await clock.advance(2_000);
    expect([published, service.status]).toEqual([['not-ready'], 'not-ready']);
  });

  it('is noticed on the clock of the process, and measured', async () => {
    const metrics = memoryMetrics();
    const service = new Service({ name: 'orders', metrics });
    service.addHandler('POST /block', () => {
      const endAt = performance.now() + 1_300;
      while (performance.now() < endAt);
    });
    await service.start();
    closing.push(() => service.stop({ immediate: true }));
    await call(service.port, 'POST', '/block');
    await expect.poll(async () => (await call(service.port, 'GET', '/readyz')).status, { interval: 20 }).toBe(503);
    expect(Math.max(...metrics.observations('service.event_loop_delay'))).toBeGreaterThan(1);
    await expect.poll(() => service.status, { timeout: 10_000 }).toBe('up');
  });
});
