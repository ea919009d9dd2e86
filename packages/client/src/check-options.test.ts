import type { WeftError } from '@weft/core';
import { afterEach, describe, expect, it } from 'vitest';
import { clientScene } from '../test/client-scene.js';
import type { Client } from './client.js';
import type { ClientOptions } from './options.js';

let close = async () => {};
afterEach(() => close());

async function clientWith(options: object): Promise<Client> {
  const scene = await clientScene(() => 'hang', options as Partial<Omit<ClientOptions, 'clock'>>);
  close = scene.close;
  return scene.client;
}

/** `path: message` of every problem. */
async function problemsOf(run: () => Promise<unknown>): Promise<readonly string[]> {
  const error = await run().then(
    () => undefined,
    (reason: WeftError) => reason,
  );
  expect(error?.code).toBe('WEFT_CONFIG_INVALID');
  return (error?.problems ?? []).map(({ path, message }) => `${path}: ${message}`);
}

describe('A client', () => {
  it.each<[object, string]>([
    [{ timeout: 0 }, 'client.timeout: a time limit of 0 lets no call succeed'],
    [{ outlier: { baseTime: 0 } }, 'client.outlier.baseTime: 0: expected a duration above 0'],
    [{ outlier: { maxRatio: 0 } }, 'client.outlier.maxRatio: 0: expected a number above 0, up to 1'],
    [{ outlier: { consec: 1 } }, 'client.outlier.consec: unknown. Known: consecutive,'],
    [{ outlier: true }, 'client.outlier: expected false or { consecutive,'],
    [{ retryBudget: { ratio: Number.NaN } }, 'client.retryBudget.ratio: expected a number from 0, found NaN'],
    [{ retryBudget: { rato: 1 } }, 'client.retryBudget.rato: unknown. Known: ratio, minPerSecond. Did you mean "ratio"?'],
    [{ throwOnStatus: 'false' }, 'client.throwOnStatus: expected true or false, found "false"'],
    [{ circuitBreaker: 'on' }, 'circuitBreaker: expected true, false, options, a breaker, or what makes one, found "on"'],
    [{ circuitBreaker: { treshold: 3 } }, 'circuitBreaker.treshold: unknown. Known: mode, threshold,'],
    [{ loadBalancer: 5 }, 'loadBalancer: expected the name of a strategy'],
  ])('refuses %j before its first call, saying where and what would be right', async (options, message) => {
    expect(await problemsOf(() => clientWith(options))).toEqual([expect.stringContaining(message)]);
  });

  it('tells all that is wrong with its options at once', async () => {
    const problems = await problemsOf(() => clientWith({ retries: -1, attemptTimeout: 0, outlier: { sweep: 0, stall: '0s' } }));
    expect(problems.map((problem) => problem.split(':')[0])).toEqual([
      'client.attemptTimeout',
      'client.retries',
      'client.outlier.sweep',
      'client.outlier.stall',
    ]);
  });

  it.each<['setLoadBalancer' | 'setCircuitBreaker', unknown]>([
    ['setLoadBalancer', null],
    ['setLoadBalancer', 5],
    ['setCircuitBreaker', null],
    ['setCircuitBreaker', 'on'],
  ])('refuses what is no part with %s(%j), and stays as it was', async (setter, part) => {
    const client = await clientWith({ loadBalancer: 'random', circuitBreaker: false });
    const before = [client.getLoadBalancer(), client.getCircuitBreaker()];
    const set = client[setter].bind(client) as (option: unknown) => void;
    expect(await problemsOf(async () => set(part))).toEqual([expect.stringContaining('expected')]);
    expect([client.getLoadBalancer(), client.getCircuitBreaker()]).toEqual(before);
  });
});
