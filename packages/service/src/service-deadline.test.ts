import { request } from 'node:http';
import { virtualClock } from '@weft/conformance';
import { currentContext, type WeftError } from '@weft/core';
import { afterEach, describe, expect, it } from 'vitest';
import { call } from './http-call.fixture.js';
import type { RequestContext } from './request-context.js';
import { Service } from './service.js';

const running: Service[] = [];

async function serve(handler: (context: RequestContext) => unknown) {
  const clock = virtualClock();
  const service = new Service({ name: 'test', clock });
  running.push(service.addHandler('/', handler));
  await service.start();
  return { service, clock, get: (headers: Record<string, string>) => call(service.port, 'GET', '/', { headers }) };
}

afterEach(async () => {
  await Promise.all(running.splice(0).map((service) => service.stop({ immediate: true })));
});

describe('The deadline of a request', () => {
  it('is what the caller says it still waits, at most an hour; malformed is absent', async () => {
    const { get } = await serve(({ deadline }) => [deadline.leftMs(), currentContext()?.deadlineAt === deadline.at]);
    expect((await get({ 'x-request-timeout-ms': '2500' })).json).toEqual([2_500, true]);
    expect((await get({ 'x-request-timeout-ms': '999999999' })).json).toEqual([3_600_000, true]);
    expect((await get({ 'grpc-timeout': '3S' })).json).toEqual([3_000, true]);
    for (const malformed of ['-5', '1e3', 'soon', '']) {
      expect((await get({ 'x-request-timeout-ms': malformed })).json).toEqual([null, true]);
    }
  });

  it('R55 that has passed on arrival is answered with 504 without running the handler', async () => {
    let runs = 0;
    const { get } = await serve(() => runs++);
    const answer = await get({ 'x-request-timeout-ms': '0' });
    expect([answer.status, runs]).toEqual([504, 0]);
  });

  it('aborts the signal when it passes, and a handler that stops for it answers 504', async () => {
    const { get, clock } = await serve(({ signal }) => {
      return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    });
    const answer = get({ 'x-request-timeout-ms': '1000' });
    await expect.poll(() => clock.pendingTimers()).toBe(2);
    await clock.advance(1_000);
    expect(await answer).toMatchObject({ status: 504, json: { error: 'Gateway Timeout', code: 504 } });
  });

  it('leaves no timer behind when the answer was in time', async () => {
    const { get, clock } = await serve(({ signal }) => signal.aborted);
    const timers = clock.pendingTimers();
    expect((await get({ 'x-request-timeout-ms': '1000' })).json).toBe(false);
    expect(clock.pendingTimers()).toBe(timers);
  });
});

describe('The signal of a request', () => {
  it.each([{}, { 'x-request-timeout-ms': '5000' }])(
    'R56 fires when the caller goes: %j',
    async (headers: Record<string, string>) => {
      const reasons: WeftError[] = [];
      let arrived = () => {};
      const arrival = new Promise<void>((resolve) => (arrived = resolve));
      const { service } = await serve(({ signal }) => {
        signal.addEventListener('abort', () => reasons.push(signal.reason));
        arrived();
        return new Promise(() => {});
      });
      const sent = request({ port: service.port, host: '127.0.0.1', path: '/', headers }).on('error', () => {});
      sent.end();
      await arrival;
      sent.destroy();
      await expect.poll(() => reasons.map(({ code }) => code)).toEqual(['WEFT_CANCELLED']);
    },
  );

  it('does not fire when the answer went out', async () => {
    let signal: AbortSignal | undefined;
    const { get } = await serve((context) => {
      signal = context.signal;
      return 'ok';
    });
    await get({});
    expect(signal?.aborted).toBe(false);
  });
});
