import { settle } from '@weft/conformance';
import { type LoadBalancer, type Outcome, runInContext, type Snapshot, WeftError } from '@weft/core';
import { describe, expect, it } from 'vitest';
import { clientScene } from '../test/client-scene.js';

const failureOf = (promise: Promise<unknown>) => promise.then(() => undefined).catch((error: WeftError) => error);

/** A balancer that picks the first, and fails where a test says so. */
function faultyBalancer(fault: { in?: 'pick' | 'done' | 'nobody' | 'stranger' }) {
  const outcomes: Outcome[] = [];
  const balancer: LoadBalancer = {
    strategy: 'faulty',
    pick([first]: Snapshot) {
      if (fault.in === 'pick') throw new Error('a bug in pick');
      if (!first || fault.in === 'nobody') return undefined;
      return {
        instance: fault.in === 'stranger' ? { ...first, id: first.id, instance: first.instance } : first,
        done(outcome) {
          outcomes.push(outcome);
          if (fault.in === 'done') throw new Error('a bug in done');
        },
      };
    },
  };
  return { balancer, outcomes };
}

describe('a call', () => {
  it.each(['pick', 'done', 'nobody', 'stranger'] as const)(
    'gives the permit of the breaker back when the balancer fails: %s',
    async (where) => {
      const fault: Parameters<typeof faultyBalancer>[0] = {};
      const { balancer, outcomes } = faultyBalancer(fault);
      const { client, clock, transport, close } = await clientScene(() => ({}), { loadBalancer: balancer });
      client.getCircuitBreaker()?.open();
      await clock.advance(30_000);
      fault.in = where;
      expect(await failureOf(client.get('/users/7'))).toBeInstanceOf(Error);
      expect(outcomes).toHaveLength(where === 'done' || where === 'stranger' ? 1 : 0);
      delete fault.in;
      expect((await client.get('/users/7')).statusCode).toBe(200);
      expect(transport.sent).toHaveLength(where === 'done' ? 2 : 1);
      await close();
    },
  );

  it('closes a half-open breaker with an answer of 4xx: the service does answer', async () => {
    const { client, clock, close } = await clientScene(() => ({ status: 404 }));
    client.getCircuitBreaker()?.open();
    await clock.advance(30_000);
    expect((await client.get('/users/7')).statusCode).toBe(404);
    expect(client.getCircuitBreaker()?.isClosed()).toBe(true);
    await close();
  });

  it('is not sent when its time is up before', async () => {
    const { client, clock, transport, close } = await clientScene(() => ({}));
    const late = runInContext({ deadlineAt: clock.now() - 1 }, () => client.post('/users', {}));
    expect(await failureOf(late)).toMatchObject({ code: 'WEFT_DEADLINE_EXCEEDED', ambiguous: false, attempts: [] });
    expect(transport.sent).toHaveLength(0);
    await close();
  });

  it('leaves a try a third of the time that it has, also when it has that from its caller', async () => {
    const { client, clock, transport, close } = await clientScene(() => ({}));
    await runInContext({ deadlineAt: clock.now() + 3_000 }, () => client.get('/users/7'));
    const headers = transport.sent[0]?.headers ?? [];
    expect(headers[headers.indexOf('x-request-timeout-ms') + 1]).toBe('1000');
    await close();
  });

  it('is not ambiguous when it is cancelled between two tries that were not sent', async () => {
    const { client, clock, close } = await clientScene(
      () => new WeftError('WEFT_OVERLOADED', 'no connection came free'),
      { retryDelay: '1s' },
      ['users-1', 'users-2'],
    );
    const pending = client.callAsync('POST', '/users', {});
    await settle();
    pending.cancel();
    expect(await failureOf(pending)).toMatchObject({ code: 'WEFT_CANCELLED', ambiguous: false });
    expect(clock.pendingTimers()).toBeLessThan(6);
    await close();
  });

  it('keeps the retry budget for retries that can be made', async () => {
    const { client, clock, close } = await clientScene(() => ({ status: 500 }), { circuitBreaker: false });
    for (let n = 0; n < 60; n++) expect((await client.get('/users/7')).retriesSuppressed).toBeUndefined();
    await clock.advance(0);
    await close();
  });

  it('blames no instance for a try that was cancelled or ran out of time before it was sent', async () => {
    for (const unsent of [
      new WeftError('WEFT_CANCELLED', 'cancelled', { failure: 'connect-timeout' }),
      new WeftError('WEFT_DEADLINE_EXCEEDED', 'waited for a connection; nothing was sent', { failure: 'timeout' }),
    ]) {
      const ejected: string[] = [];
      const { client, close } = await clientScene(() => unsent, { retries: 0 }, ['users-1', 'users-2']);
      client.on('instance.ejected', ({ instance }) => ejected.push(instance));
      await failureOf(client.post('/users', {}));
      expect(ejected).toEqual([]);
      await close();
    }
  });

  it('leaves an instance in that sent one answer which is none', async () => {
    const ejected: string[] = [];
    const garbage = new WeftError('WEFT_PROTOCOL_ERROR', 'no HTTP', { failure: 'protocol', ambiguous: true });
    const { client, close } = await clientScene(() => garbage, { retries: 0 }, ['users-1', 'users-2']);
    client.on('instance.ejected', ({ instance }) => ejected.push(instance));
    await failureOf(client.get('/users/7'));
    expect(ejected).toEqual([]);
    await close();
  });

  it('is cancelled at once while it waits for instances, also when the first list that came was empty', async () => {
    const { client, clock, close } = await clientScene(() => ({}));
    const pending = client.service('orders').callAsync('GET', '/orders/7');
    let failure: WeftError | undefined;
    failureOf(pending).then((error) => {
      failure = error;
    });
    await settle();
    pending.cancel();
    await settle();
    expect(failure).toMatchObject({ code: 'WEFT_CANCELLED', ambiguous: false });
    await close();
    expect(clock.pendingTimers()).toBe(0);
  });
});
