import { settle, virtualClock } from '@weft/conformance';
import { type LogFields, type Logger, noopLogger } from '@weft/core';
import { afterEach, describe, expect, it } from 'vitest';
import { call } from './http-call.fixture.js';
import { Service } from './service.js';
import type { ServiceRegistry } from './service-registry.js';
import type { StopReport } from './stop-report.js';

const clock = virtualClock();
const closing: Service[] = [];
afterEach(async () => {
  for (const service of closing.splice(0)) await service.stop({ immediate: true });
});

/** A registry that takes 40 ms to take the record away. */
const registry: ServiceRegistry = {
  propagationMs: 300,
  announce: () => ({
    isRegistered: true,
    registered: Promise.resolve(),
    update: () => {},
    withdraw: () => new Promise((resolve) => clock.setTimer(40, resolve)),
  }),
};

async function open() {
  const lines: [string, string, LogFields | undefined][] = [];
  const line = (level: string) => (message: string, fields?: LogFields) => void lines.push([level, message, fields]);
  const logger: Logger = { ...noopLogger, info: line('info'), warn: line('warn') };
  const service = new Service({ name: 'orders', id: 'orders-1', clock, registry, logger, drain: { grace: '20s' } });
  const held: (() => void)[] = [];
  service.addHandler('GET /held', () => new Promise((resolve) => held.push(() => resolve('done'))));
  const reports: StopReport[] = [];
  service.on('stopped', (report) => reports.push(report));
  await service.start();
  closing.push(service);
  return { service, lines, reports, held };
}

describe('The report of a stop', () => {
  it('tells what took how long, in order, and that nothing was cut, in one line of the log', async () => {
    const { service, lines, reports, held } = await open();
    const answer = call(service.port, 'GET', '/held');
    await expect.poll(() => held.length).toBe(1);
    const stopped = service.stop();
    await clock.advance(340);
    await clock.advance(1_500);
    held[0]?.();
    await Promise.all([stopped, answer]);
    const [withdraw, propagation, drain, close] = reports[0]?.steps ?? [];
    expect([withdraw, propagation]).toEqual([
      { name: 'withdraw', ms: 40 },
      { name: 'propagation', ms: 300 },
    ]);
    expect([drain?.name, close]).toEqual(['drain', { name: 'close', ms: 0 }]);
    expect(drain?.ms).toBeGreaterThanOrEqual(1_500);
    const ms = { withdraw: 40, propagation: 300, drain: drain?.ms, close: 0 };
    expect(lines).toEqual([['info', 'Stopped', { service: 'orders', id: 'orders-1', cut: 0, ms }]]);
    expect([reports.length, reports[0]?.cut]).toEqual([1, 0]);
  });

  it('counts what was cut at the end of the grace, and warns', async () => {
    const { service, lines, reports, held } = await open();
    const answers = [1, 2].map(() => call(service.port, 'GET', '/held').catch(String));
    await expect.poll(() => held.length).toBe(2);
    const stopped = service.stop();
    await clock.advance(340);
    await clock.advance(20_000);
    await Promise.all([stopped, ...answers]);
    expect([reports[0]?.cut, lines[0]?.[0]]).toEqual([2, 'warn']);
  });

  it('counts what a hurry cuts, at once and in the middle', async () => {
    for (const isLate of [false, true]) {
      const { service, reports, held } = await open();
      const answer = call(service.port, 'GET', '/held').catch(String);
      await expect.poll(() => held.length).toBe(1);
      if (isLate) void service.stop();
      if (isLate) await clock.advance(100);
      const stopped = service.stop({ immediate: true });
      await clock.advance(40);
      await Promise.all([stopped, answer]);
      expect(reports).toMatchObject([{ cut: 1 }]);
      expect(reports[0]?.steps.map(({ name }) => name)).toEqual(
        isLate ? ['withdraw', 'propagation', 'close'] : ['withdraw', 'close'],
      );
    }
  });

  it('is empty when there was nothing to stop', async () => {
    const { service, reports, lines } = await open();
    const stopping = service.stop({ immediate: true });
    await clock.advance(40);
    await stopping;
    const again = service.start().catch(() => {});
    await service.stop();
    await again;
    await settle();
    expect(reports.at(-1)).toEqual({ steps: [], cut: 0 });
    expect(lines).toHaveLength(1);
  });
});
