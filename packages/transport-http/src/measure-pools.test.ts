import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { virtualClock } from '@weft/conformance';
import { memoryMetrics, noopMetrics, type ServiceInstance } from '@weft/core';
import { describe, expect, it, onTestFinished } from 'vitest';
import { httpDriver } from './driver.js';
import { openHttpTransport } from './http-transport.js';

import { measurePools } from './measure-pools.js';

const pool = (busy: number, idle: number, waiting: number) => ({
  origin: 'http://127.0.0.1:1',
  max: 50,
  total: busy + idle,
  busy,
  idle,
  waiting,
});

/** What is measured by now: busy, idle, waiting. */
function read(metrics: ReturnType<typeof memoryMetrics>): readonly number[] {
  const states = ['busy', 'idle'].map((state) => metrics.read('client.pool.connections', { state }));
  return [...states, metrics.read('client.pool.waiting')];
}

describe('The connections of a transport', () => {
  it('are measured every 5 s over all instances, and are none when it ends', async () => {
    const [clock, metrics] = [virtualClock(), memoryMetrics()];
    let pools = [pool(0, 0, 0)];
    const end = measurePools({ stats: () => pools }, metrics, clock);
    pools = [pool(3, 1, 0), pool(50, 0, 7)];
    await clock.advance(4_999);
    expect(read(metrics)).toEqual([0, 0, 0]);
    await clock.advance(1);
    expect(read(metrics)).toEqual([53, 1, 7]);
    end();
    expect([...read(metrics), clock.pendingTimers()]).toEqual([0, 0, 0, 0]);
  });

  it('are not looked at when nobody measures', () => {
    const clock = virtualClock();
    measurePools(openHttpTransport(), noopMetrics, clock);
    expect(clock.pendingTimers()).toBe(0);
  });

  it('are measured under a host', async () => {
    const [clock, metrics] = [virtualClock(), memoryMetrics()];
    const server = createServer((_, response) => response.end('{}'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const host = { clock, get: () => metrics } as unknown as Parameters<typeof httpDriver.open>[1];
    const { value, stop } = await httpDriver.open({}, host);
    const endpoint = { protocol: 'http', port: (server.address() as AddressInfo).port };
    const instance = { host: '127.0.0.1', endpoints: [endpoint] } as unknown as ServiceInstance;
    await value.client?.send({ instance, endpoint, method: 'GET', path: '/', headers: [], stream: false });
    await clock.advance(5_000);
    expect(read(metrics)).toEqual([0, 1, 0]);
    await stop?.(AbortSignal.timeout(1_000));
    expect(read(metrics)).toEqual([0, 0, 0]);
  });
});
