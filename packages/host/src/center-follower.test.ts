import { randomUUID } from 'node:crypto';
import type { Policies } from '@weft/client';
import { ConfigClient } from '@weft/config';
import { openMemoryConfig } from '@weft/config-memory';
import { settle, virtualClock } from '@weft/conformance';
import { type ConfigDriver, noopLogger, type Problem, WeftError } from '@weft/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CenterFollower } from './center-follower.js';
import { checkPolicies } from './govern.js';
import { policiesSchema } from './policies-schema.js';

const clock = virtualClock();
let driver: ConfigDriver;
let center: ConfigClient;
let applied: Policies[];
let rejected: string[];
let follower: CenterFollower<Policies>;

beforeEach(() => {
  driver = openMemoryConfig({ address: randomUUID() });
  follow(driver);
});
afterEach(async () => {
  await follower.stop();
  await center.close();
});

function follow(on: ConfigDriver, check: (policies: Policies) => readonly Problem[] = (all) => checkPolicies(all, {})): void {
  center = new ConfigClient(on, { clock });
  applied = [];
  rejected = [];
  center.on('rejected', ({ reason }) => rejected.push(reason));
  follower = new CenterFollower({
    config: center,
    key: 'policies',
    schema: policiesSchema(check),
    none: {},
    apply: (policies) => applied.push(policies),
    clock,
    logger: noopLogger,
  });
}

describe('CenterFollower of policies', () => {
  it('applies what is there when it starts, and then every change', async () => {
    await center.set('policies', { orders: { retries: 1 } });
    await follower.start();
    expect(applied).toEqual([{ orders: { retries: 1 } }]);
    await center.set('policies', { orders: { retries: 2 } });
    await settle();
    expect(applied.at(-1)).toEqual({ orders: { retries: 2 } });
  });

  it('applies none when the key does not exist, or goes', async () => {
    await follower.start();
    expect(applied).toEqual([{}]);
    await center.set('policies', { orders: { retries: 1 } });
    await settle();
    await center.remove('policies');
    await settle();
    expect(applied).toEqual([{}, { orders: { retries: 1 } }, {}]);
  });

  it('takes words in snake_case', async () => {
    await center.set('policies', { orders: { rate_limit: { per_second: 5 }, retry_budget: { min_per_second: 1 } } });
    await follower.start();
    expect(applied).toEqual([{ orders: { rateLimit: { perSecond: 5 }, retryBudget: { minPerSecond: 1 } } }]);
  });

  it('refuses what is bad whole and tells it once; what was good stays until it is mended', async () => {
    await follower.start();
    await center.set('policies', { orders: { retries: 1 } });
    await settle();
    await center.set('policies', { orders: { retries: 2 }, 'users GET /a': { retrys: 1 } });
    await settle();
    await clock.advance(10_000);
    expect(applied.at(-1)).toEqual({ orders: { retries: 1 } });
    expect(rejected).toEqual([expect.stringMatching(/policies\["users GET \/a"\]\.retrys: .*Did you mean "retries"\?/)]);
    await center.set('policies', { orders: { retries: 3 } });
    await settle();
    expect(applied.at(-1)).toEqual({ orders: { retries: 3 } });
  });

  it.each([['text'], [[1]], [7], [null]])('refuses %j', async (value) => {
    await follower.start();
    await center.set('policies', value);
    await settle();
    expect(applied).toEqual([{}]);
    expect(rejected).toHaveLength(1);
  });

  it('waits for better when what it finds at the start is bad, and tells that once', async () => {
    await center.set('policies', { orders: { retries: -1 } });
    await follower.start();
    await clock.advance(10_000);
    expect(applied).toEqual([]);
    expect(rejected).toEqual([expect.stringContaining('policies["orders"].retries')]);
    await center.set('policies', { orders: { retries: 1 } });
    await clock.advance(500);
    expect(applied).toEqual([{ orders: { retries: 1 } }]);
  });

  it('does not keep a program from starting while the config center is away, and catches up when it is back', async () => {
    let isAway = true;
    const orAway = <T>(answer: () => T): T => {
      if (isAway) throw new WeftError('WEFT_REGISTRY_UNAVAILABLE', 'away');
      return answer();
    };
    const flaky: ConfigDriver = {
      supports: driver.supports,
      get: async (...args) => orAway(() => driver.get(...args)),
      set: async (...args) => orAway(() => driver.set(...args)),
      remove: async (...args) => orAway(() => driver.remove(...args)),
      list: async (...args) => orAway(() => driver.list(...args)),
      watch: (...args) => orAway(() => driver.watch(...args)),
      close: () => driver.close(),
    };
    const writer = new ConfigClient(driver, { clock });
    await writer.set('policies', { orders: { retries: 1 } });
    follow(flaky);
    const started = follower.start();
    await clock.advance(1_000);
    await started;
    isAway = false;
    await clock.advance(10_000);
    expect(applied.at(-1)).toEqual({ orders: { retries: 1 } });
  });

  it('ends with its stop, and when the config center is closed', async () => {
    await follower.start();
    await follower.stop();
    await center.set('policies', { orders: { retries: 1 } });
    await settle();
    expect(applied).toEqual([{}]);
    follow(openMemoryConfig({ address: randomUUID() }));
    await follower.start();
    await center.close();
    await follower.stop();
    expect(applied).toEqual([{}]);
  });
});
