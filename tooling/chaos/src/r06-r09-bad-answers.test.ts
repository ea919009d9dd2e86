import { Client, type LoadBalancerOption } from '@weft/client';
import { openHttpTransport } from '@weft/transport-http';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Ended, failedOf, Load, told } from './load.js';
import { Providers } from './providers.js';

const rest = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const BREAKER_MS = 30_000;

describe('instances that answer badly or slowly, 5 processes under load', () => {
  let providers: Providers;
  const closers: (() => Promise<void>)[] = [];
  beforeAll(async () => {
    providers = await Providers.start(5);
  });
  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close();
  });
  afterAll(() => providers.stop());

  /** A new caller, and what it tells. */
  function open(loadBalancer: LoadBalancerOption = 'round_robin') {
    const transport = openHttpTransport();
    const client = new Client({ serviceName: 'things', registry: providers.registry, transport, loadBalancer });
    closers.push(
      () => transport.close(),
      () => client.close(),
    );
    const events: string[] = [];
    client.on('instance.ejected', ({ instance, reason }) => events.push(`ejected ${instance} ${reason}`));
    client.on('breaker.state', ({ state }) => events.push(`breaker ${state}`));
    return { client, events };
  }

  /** The part of the calls made after `afterMs` that took more than 1 s. */
  const slowPart = (ended: readonly Ended[], afterMs: number) => {
    const late = ended.filter(({ atMs }) => atMs > afterMs);
    return late.filter(({ durationMs }) => durationMs > 1_000).length / late.length;
  };

  it('R6 one of five takes 2 s: after 5 s at most 5 % of the calls wait for it in turn, at most 2 % with p2c_ewma', async () => {
    await providers.behave(['things-3'], { delayMs: 2_000 });
    const callers = [open(), open('p2c_ewma')];
    const loads = callers.map(({ client }) => new Load(client));
    await rest(12_000);
    const [inTurn = [], adaptive = []] = await Promise.all(loads.map((load) => load.stop()));
    for (const ended of [inTurn, adaptive]) expect(failedOf(ended), told(ended)).toEqual([]);
    expect(slowPart(inTurn, 5_000), 'round_robin').toBeLessThanOrEqual(0.05);
    expect(slowPart(adaptive, 5_000), 'p2c_ewma').toBeLessThanOrEqual(0.02);
    expect(slowPart(inTurn, 0), 'the slow one was met at all').toBeGreaterThan(0);
  });

  it('R7 one of five fails in 1 ms: after 5 failures it is left alone, and attracts nothing, however calls are balanced', async () => {
    await providers.behave(['things-2'], { delayMs: 0, status: 500 });
    const callers = ['round_robin', 'least_connections', 'p2c_ewma'].map((strategy) => ({ strategy, ...open(strategy) }));
    const loads = callers.map(({ client }) => new Load(client, 200));
    await rest(5_000);
    for (const [n, { strategy, events }] of callers.entries()) {
      const ended = (await loads[n]?.stop()) ?? [];
      expect(ended.length).toBeGreaterThan(300);
      expect(failedOf(ended, 'GET'), `${strategy}: ${told(ended)}`).toEqual([]);
      const failedPosts = failedOf(ended, 'POST');
      for (const { by, status } of failedPosts) expect([by, status], `${strategy}: ${told(ended)}`).toEqual(['things-2', 500]);
      expect(failedPosts.length, `${strategy}: ${told(ended)}`).toBeLessThanOrEqual(5);
      expect(events, strategy).toEqual(['ejected things-2 bad-answers']);
    }
    const { GET, POST } = await providers.seenBy('things-2');
    expect(GET + POST, 'tries that went there: 5 of each caller, and what was under way then').toBeLessThanOrEqual(60);
  });

  it('R8 three of five fail: two are left out, the breaker stays closed, and nearly all GET are answered well', async () => {
    await providers.behave(['things-1', 'things-2', 'things-3'], { delayMs: 0, status: 500 });
    const { client, events } = open();
    const load = new Load(client);
    await rest(5_000);
    const ended = (await load.stop()).filter(({ atMs }) => atMs > 1_000);
    expect(events.map((event) => event.split(' ')[0])).toEqual(['ejected', 'ejected']);
    expect(client.getCircuitBreaker()?.isClosed()).toBe(true);
    const gets = ended.filter(({ method }) => method === 'GET');
    expect(failedOf(gets).length, told(ended)).toBeLessThan(0.1 * gets.length);
    expect(failedOf(ended).length, `a third goes to the bad one that is left: ${told(ended)}`).toBeLessThan(0.4 * ended.length);
    for (const { error, status } of failedOf(ended)) expect([error, status]).toEqual([undefined, 500]);
  });

  it('R9 all five fail: callers get the real answers, then the breaker opens at once and nobody is asked any more', async () => {
    await providers.behave([...providers.running.keys()], { delayMs: 0, status: 500 });
    const { client, events } = open();
    const load = new Load(client);
    await rest(2_000);
    const ended = await load.stop();
    const answers = ended.filter(({ status }) => status === 500);
    expect(answers.length, 'real answers').toBeGreaterThanOrEqual(5);
    expect(answers.length).toBeLessThan(60);
    expect(answers.every(({ atMs }) => atMs < 1_000)).toBe(true);
    for (const id of providers.running.keys()) {
      const { GET, POST } = await providers.seenBy(id);
      expect(GET + POST, `${id} is tried, until the breaker opens`).toBeGreaterThanOrEqual(1);
      expect(GET + POST, `${id} is tried, until the breaker opens`).toBeLessThan(60);
    }
    for (const { error } of ended.filter(({ atMs }) => atMs > 1_000)) expect(error).toMatchObject({ code: 'WEFT_BREAKER_OPEN' });
    expect(events.filter((event) => event.startsWith('breaker'))).toEqual(['breaker open']);
    expect(ended.at(-1)?.atMs).toBeLessThan(BREAKER_MS);
  });
});
