import { settle, virtualClock } from '@weft/conformance';
import { describe, expect, it } from 'vitest';
import { HealthChecks, type HealthReport } from './health-checks.js';

function open() {
  const clock = virtualClock();
  const reports: HealthReport[] = [];
  const health = new HealthChecks({ clock, intervalMs: 30_000, timeoutMs: 5_000, onReport: (report) => reports.push(report) });
  return { clock, reports, health };
}

describe('HealthChecks', () => {
  it('is healthy without any check', async () => {
    expect(await open().health.check()).toMatchObject({ status: 'healthy', checks: {} });
  });

  it('refuses what is no function, and keeps those it has', () => {
    const { health } = open();
    const checks = { cache: () => true };
    health.set(checks);
    expect(() => health.set({ database: 5 as unknown as () => boolean })).toThrow(
      expect.objectContaining({ code: 'WEFT_INVALID_ARGUMENT', message: 'healthChecks.database: 5: expected a function' }),
    );
    expect(health.get()).toEqual(checks);
  });

  it('reports every check although some failed', async () => {
    const { health } = open();
    health.set({
      database: async () => {
        throw new Error('connection refused');
      },
      cache: () => 'PONG',
      disk: () => false,
    });
    const report = await health.check();
    expect(report.status).toBe('unhealthy');
    expect(report.checks).toEqual({
      database: { status: 'failed', error: 'connection refused' },
      cache: { status: 'healthy' },
      disk: { status: 'failed', error: 'the check returned false' },
    });
    expect(new Date(report.timestamp).toISOString()).toBe(report.timestamp);
  });

  it('runs the checks side by side and gives each 5 s', async () => {
    const { health, clock } = open();
    let running = 0;
    const hang = () => {
      running++;
      return new Promise(() => {});
    };
    health.set({ first: hang, second: hang });
    const report = health.check();
    await settle();
    expect(running).toBe(2);
    await clock.advance(5_000);
    expect((await report).checks).toMatchObject({ first: { error: 'no answer within 5000 ms' }, second: { status: 'failed' } });
    expect(clock.pendingTimers()).toBe(0);
  });

  it('runs at most once a second however many ask', async () => {
    const { health, clock } = open();
    let runs = 0;
    health.set({ counted: () => runs++ });
    await Promise.all(Array.from({ length: 100 }, () => health.check()));
    expect(runs).toBe(1);
    await clock.advance(999);
    await health.check();
    expect(runs).toBe(1);
    await clock.advance(1);
    await health.check();
    expect(runs).toBe(2);
  });

  it('runs at each interval until it is closed', async () => {
    const { health, clock, reports } = open();
    await health.watch();
    await clock.advance(60_000);
    expect(reports).toHaveLength(3);
    health.close();
    expect(clock.pendingTimers()).toBe(0);
  });
});
