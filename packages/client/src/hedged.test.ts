import { type Script, settle, virtualClock } from '@weft/conformance';
import { type Attempt, type LoadBalancer, type Outcome, WeftError } from '@weft/core';
import { afterEach, describe, expect, it } from 'vitest';
import { answerIn, clientScene, failureOf, json, sentHeader } from '../test/client-scene.js';
import type { RoutePolicy } from './policy.js';

const three = ['users-1', 'users-2', 'users-3'];

let close = async () => {};
afterEach(() => close());

async function open(script: Script, hedge: NonNullable<RoutePolicy['hedge']>, options: Parameters<typeof clientScene>[1] = {}) {
  const scene = await clientScene(script, { policies: { users: { hedge } }, outlier: false, ...options }, three);
  close = scene.drain;
  return scene;
}

/** Answers in 10 ms, but for those tries (from 0) that a test makes slow; remembers which were ended on the wire. */
function slowTries(slow: (n: number) => number | undefined) {
  const clock = virtualClock();
  const ended: string[] = [];
  let made = 0;
  const script: Script = (attempt: Attempt) => {
    const { abort } = attempt;
    attempt.abort = (error) => {
      ended.push(`${attempt.instance.id} ${(error as WeftError).code}`);
      abort?.(error);
    };
    return answerIn(clock, slow(made++) ?? 10, json({}));
  };
  return { clock, script, ended };
}

describe('a hedged call', () => {
  it('is tried a second time after the delay, elsewhere, and the first good answer ends the other on the wire', async () => {
    const { clock, script, ended } = slowTries((n) => (n === 0 ? 5_000 : undefined));
    const { client, transport, finish } = await open(script, { delay: 50 }, { clock });
    const startedAt = clock.now();
    const response = await finish(client.get('/users/7'), 1);
    expect(clock.now() - startedAt).toBe(60);
    const [first, second] = transport.sent;
    expect(second?.instance.id).not.toBe(first?.instance.id);
    expect(response.instance.id).toBe(second?.instance.id);
    expect(ended).toEqual([`${first?.instance.id} WEFT_CANCELLED`]);
  });

  it('tells of both tries, in the order in which they ended', async () => {
    const { clock, script } = slowTries((n) => (n === 0 ? 5_000 : undefined));
    const { client, transport, finish } = await open(script, { delay: 50 }, { clock });
    const { attempts } = await finish(client.get('/users/7'), 1);
    expect(attempts).toEqual([
      { instance: transport.sent[1]?.instance.id, outcome: 'status 200', durationMs: 10 },
      { instance: transport.sent[0]?.instance.id, outcome: 'WEFT_CANCELLED', durationMs: 60 },
    ]);
    expect(transport.sent.map((sent) => sentHeader(sent, 'x-request-attempt'))).toEqual([undefined, '2']);
  });

  it('tells the balancer of each try once, and blames nobody for being overtaken', async () => {
    const outcomes: Outcome[] = [];
    let turn = 0;
    const balancer: LoadBalancer = {
      strategy: 'own',
      pick: (from) => {
        const instance = from[turn++ % from.length];
        return instance && { instance, done: (outcome) => void outcomes.push(outcome) };
      },
    };
    const { clock, script } = slowTries((n) => (n === 0 ? 5_000 : undefined));
    const { client, finish } = await open(script, { delay: 50 }, { clock, loadBalancer: balancer });
    await finish(client.get('/users/7'), 1);
    await clock.advance(5_000);
    expect(outcomes.map(({ result }) => result)).toEqual(['ok', 'ignored']);
  });

  it('waits for the p95 of the last answers, and makes no second try before enough of them are known', async () => {
    let made = 0;
    const { clock, script } = slowTries((n) => (n < 100 ? 1 + (n % 20) : n % 2 === 0 ? 5_000 : undefined));
    const { client, transport, finish } = await open((attempt) => script(attempt), true, { clock });
    for (; made < 19; made++) await finish(client.get('/users/7'), 1);
    expect(transport.sent).toHaveLength(19);
    for (; made < 100; made++) await finish(client.get('/users/7'), 1);
    const before = transport.sent.length;
    const startedAt = clock.now();
    await finish(client.get('/users/7'), 1);
    expect(transport.sent.length - before).toBeLessThanOrEqual(3);
    expect(clock.now() - startedAt).toBeGreaterThanOrEqual(18 + 1);
    expect(clock.now() - startedAt).toBeLessThanOrEqual(21 + 20);
  });

  it('does not learn from failures how long an answer takes', async () => {
    const { clock, script } = slowTries(() => 30);
    const { client, transport, finish } = await open(script, true, { clock, retries: 0, circuitBreaker: false });
    for (let n = 0; n < 20; n++) await finish(client.get('/users/7'), 5);
    transport.script = () => json({}, 503);
    for (let n = 0; n < 200; n++) await client.get('/users/7');
    transport.script = script;
    const before = transport.sent.length;
    await finish(client.get('/users/7'), 1);
    expect(transport.sent.length - before).toBe(1);
  });

  it('is never made of a call that may not be repeated', async () => {
    const { clock, script } = slowTries(() => 200);
    const { client, transport, finish } = await open(script, { delay: 50 }, { clock });
    await finish(client.post('/users', {}));
    await finish(client.get('/users/7', { idempotent: false }));
    expect(transport.sent).toHaveLength(2);
    await finish(client.post('/users', {}, { idempotent: true }));
    expect(transport.sent).toHaveLength(4);
  });

  it('takes each further try out of the retry budget, and does without when that is spent', async () => {
    const { clock, script } = slowTries(() => 200);
    const budget = { retryBudget: { ratio: 0, minPerSecond: 0.3 } };
    const { client, transport, finish } = await open(script, { delay: 50 }, { clock, ...budget });
    for (let n = 0; n < 10; n++) expect((await finish(client.get('/users/7'))).statusCode).toBe(200);
    expect(transport.sent).toHaveLength(10 + 3);
  });

  it('makes as many tries at once as it may', async () => {
    const { clock, script } = slowTries(() => 1_000);
    const { client, transport, finish } = await open(script, { delay: 50, maxTries: 3 }, { clock });
    await finish(client.get('/users/7'));
    expect(new Set(transport.sent.map(({ instance }) => instance.id)).size).toBe(3);
    expect(transport.sent).toHaveLength(3);
  });

  it.each<[string, Script]>([
    ['an error', () => new WeftError('WEFT_UNAVAILABLE', 'reset', { failure: 'reset', ambiguous: true })],
    ['a 503', () => json({}, 503)],
    ['nobody to go to', () => json({})],
  ])('is not harmed by a further try that ends with %s', async (what, second) => {
    const clock = virtualClock();
    let tries = 0;
    const script: Script = (attempt) => (++tries === 1 ? answerIn(clock, 200, json({ by: 'first' })) : second(attempt));
    const { client, driver, finish } = await open(script, { delay: 50 }, { clock });
    const pending = client.get('/users/7');
    await settle();
    if (what === 'nobody to go to') driver.set([]);
    const response = await finish(pending);
    expect(response.statusCode).toBe(200);
    if (what !== 'nobody to go to') expect(response.data).toEqual({ by: 'first' });
    expect(client.explain(response).rule).toBe('answered');
  });

  it('leaves the rest to the retries when all of its tries failed, and counts them among those', async () => {
    const clock = virtualClock();
    const { client, transport, finish } = await open(() => answerIn(clock, 100, json({}, 503)), { delay: 50 }, { clock });
    const response = await finish(client.get('/users/7', { retries: 3 }));
    expect(response).toMatchObject({ statusCode: 503, attempts: { length: 4 } });
    expect(transport.sent).toHaveLength(4);
  });

  it('can be given up: all of its tries are ended on the wire', async () => {
    const { clock, script, ended } = slowTries(() => 5_000);
    const { client } = await open(script, { delay: 50 }, { clock });
    const pending = client.callAsync('GET', '/users/7');
    await clock.advance(60);
    pending.cancel();
    const failure = await failureOf(pending);
    expect(failure).toMatchObject({ code: 'WEFT_CANCELLED', attempts: { length: 2 } });
    expect(ended).toHaveLength(2);
    expect(client.explain(failure).rule).toBe('cancelled');
  });

  it('ends in time when none of its tries is answered', async () => {
    const { client, clock, transport, finish } = await open(
      () => 'hang',
      { delay: 50 },
      { timeout: '1s', attemptTimeout: false },
    );
    const startedAt = clock.now();
    expect(await finish(failureOf(client.get('/users/7')))).toMatchObject({ code: 'WEFT_DEADLINE_EXCEEDED', ambiguous: true });
    expect(clock.now() - startedAt).toBeLessThan(1_050);
    expect(transport.sent.filter(({ path }) => path === '/users/7')).toHaveLength(2);
  });

  it('lets a streamed answer be read and given up like any other, and leaves no other answer open', async () => {
    const ended: string[] = [];
    async function* endless() {
      yield Buffer.from('x');
      await new Promise(() => {});
    }
    const clock = virtualClock();
    let tries = 0;
    const script: Script = (attempt) => {
      const { abort } = attempt;
      const nth = ++tries;
      attempt.abort = (error) => {
        ended.push(`try ${nth}`);
        abort?.(error);
      };
      return nth === 1 ? answerIn(clock, 60, { status: 503, body: endless() }) : answerIn(clock, 20, { body: endless() });
    };
    const { client, finish } = await open(script, { delay: 50 }, { clock });
    const controller = new AbortController();
    const response = await finish(client.get('/export', { stream: true, signal: controller.signal }), 1);
    expect(response.statusCode).toBe(200);
    expect(ended).toEqual(['try 1']);
    for await (const piece of response.body) {
      expect(Buffer.from(piece).toString()).toBe('x');
      break;
    }
    const again = await finish(client.get('/export', { stream: true, signal: controller.signal }), 1);
    controller.abort();
    expect(again.statusCode).toBe(200);
    expect(ended).toEqual(['try 1', 'try 3']);
  });

  it('is hedged by its own route only, where a policy switches it off', async () => {
    const { clock, script } = slowTries(() => 200);
    const policies = { users: { hedge: { delay: 50 } }, 'users GET /slow': { hedge: false } };
    const { client, transport, finish } = await open(script, true, { clock, policies });
    await finish(client.get('/slow'));
    expect(transport.sent).toHaveLength(1);
  });
});
