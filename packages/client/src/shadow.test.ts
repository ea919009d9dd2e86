import { instanceRecord, type Script, settle, virtualClock } from '@weft/conformance';
import { type Attempt, IDEMPOTENCY_METADATA, MIRROR_HEADER, WeftError } from '@weft/core';
import { afterEach, describe, expect, it } from 'vitest';
import { answerIn, clientScene, failureOf, json, sentHeader } from '../test/client-scene.js';
import type { MirrorPolicy, ServicePolicy } from './policy.js';

const instances = [
  instanceRecord('users-1', { metadata: { [IDEMPOTENCY_METADATA]: 'shared' } }),
  instanceRecord('shadow-1', { version: '2.0.0' }),
  instanceRecord('shadow-2', { version: '2.1.0' }),
  instanceRecord('other-1', { version: '20.0.0' }),
];
const isCopy = (attempt: Attempt) => sentHeader(attempt, MIRROR_HEADER) === '1';

let close = async () => {};
afterEach(() => close());

/** Version 1 answers the calls, version 2 gets the copies. */
async function open(script: Script, mirror: Partial<MirrorPolicy> = {}, options: Parameters<typeof clientScene>[1] = {}) {
  const loadBalancer: ServicePolicy['loadBalancer'] = { strategy: 'round_robin', options: { filter: { version: '1' } } };
  const policies = { users: { mirror: { version: '2', ...mirror }, loadBalancer } };
  const scene = await clientScene(script, { policies, retries: 0, ...options }, instances);
  close = scene.drain;
  const copies = () => scene.transport.sent.filter(isCopy);
  return { ...scene, copies };
}

describe('a mirror', () => {
  it('sends a marked copy of each answered call to the shadow version, in turn', async () => {
    const { client, transport, copies } = await open(() => json({}));
    for (let n = 0; n < 4; n++) await client.post(`/users/${n}?x=1`, { n }, { headers: { 'x-user': 'Ann' } });
    expect(transport.sent.filter((sent) => !isCopy(sent)).map(({ instance }) => instance.id)).toEqual(Array(4).fill('users-1'));
    expect(copies().map(({ instance }) => instance.id)).toEqual(['shadow-1', 'shadow-2', 'shadow-1', 'shadow-2']);
    expect(copies()[1]).toMatchObject({ method: 'POST', path: '/users/1?x=1', body: '{"n":1}' });
    for (const copy of copies()) {
      expect(sentHeader(copy, 'x-user')).toBe('Ann');
      expect(sentHeader(copy, 'content-type')).toBe('application/json');
    }
  });

  it('sends no idempotency key along: the copy has an effect of its own', async () => {
    const { client, transport, copies } = await open(() => json({}));
    await client.post('/users', {});
    await client.post('/users', {}, { idempotencyKey: 'mine' });
    await client.post('/users', {}, { headers: { 'Idempotency-Key': 'mine' } });
    expect(transport.sent.filter((sent) => !isCopy(sent) && sentHeader(sent, 'idempotency-key'))).toHaveLength(3);
    expect(copies().map((copy) => sentHeader(copy, 'idempotency-key'))).toEqual([undefined, undefined, undefined]);
  });

  it.each([
    [200, 1],
    [304, 1],
    [404, 0],
    [500, 0],
  ])('copies good answers only: after %i so many copies: %i', async (status, expected) => {
    const { client, copies } = await open(() => json({}, status));
    await client.get('/users/7');
    await failureOf(client.get('/users/7', { throwOnStatus: true }));
    expect(copies()).toHaveLength(2 * expected);
  });

  it('copies no call that failed, and none whose body is gone', async () => {
    async function* pieces() {
      yield Buffer.from('a');
    }
    const { client, transport, copies } = await open(() => json({}));
    await client.post('/import', pieces());
    transport.script = () => new WeftError('WEFT_UNAVAILABLE', 'reset', { failure: 'reset', ambiguous: true });
    await failureOf(client.post('/users', {}));
    expect(copies()).toHaveLength(0);
  });

  it('copies the share of the calls that it is told to', async () => {
    const { client, copies } = await open(() => json({}), { ratio: 0.2 });
    for (let n = 0; n < 1_000; n++) await client.get('/users/7');
    expect(copies().length).toBeGreaterThan(160);
    expect(copies().length).toBeLessThan(240);
  });

  it('is waited for by nobody, and what becomes of it is seen by nobody', async () => {
    const clock = virtualClock();
    const endings = ['hang', new WeftError('WEFT_UNAVAILABLE', 'refused', { failure: 'refused' }), json({}, 500)] as const;
    const told: string[] = [];
    for (const ending of endings) {
      const script: Script = (attempt) => (isCopy(attempt) ? ending : answerIn(clock, 20, json({})));
      const { client, finish } = await open(script, {}, { clock });
      for (const event of ['instance.ejected', 'breaker.state', 'call.failed'] as const) client.on(event, () => told.push(event));
      for (let n = 0; n < 10; n++) {
        const startedAt = clock.now();
        const { statusCode, attempts } = await finish(client.get('/users/7'), 1);
        expect([statusCode, attempts.length, clock.now() - startedAt]).toEqual([200, 1, 20]);
      }
      await close();
    }
    close = async () => {};
    expect(told).toEqual([]);
  });

  it('has never more than 32 copies under way, and ends those that take longer than 10 s', async () => {
    const { client, clock, copies } = await open((attempt) => (isCopy(attempt) ? 'hang' : json({})));
    for (let n = 0; n < 50; n++) await client.get('/users/7');
    expect(copies()).toHaveLength(32);
    await clock.advance(10_020);
    await client.get('/users/7');
    expect(copies()).toHaveLength(33);
  });

  it('does not keep a client from closing, which ends the copies', async () => {
    let ended: unknown;
    const script: Script = (attempt) => {
      if (!isCopy(attempt)) return json({});
      const { abort } = attempt;
      attempt.abort = (error) => {
        ended = error;
        abort?.(error);
      };
      return 'hang';
    };
    const { client, clock } = await open(script);
    await client.get('/users/7');
    await client.close();
    await settle();
    expect(ended).toMatchObject({ code: 'WEFT_CLOSED' });
    expect(clock.pendingTimers()).toBeLessThan(5);
  });

  it('needs somebody to send to: without an instance of the version nothing happens', async () => {
    const { client, copies } = await open(() => json({}), { version: '3' });
    expect((await client.get('/users/7')).statusCode).toBe(200);
    expect(copies()).toHaveLength(0);
  });
});
