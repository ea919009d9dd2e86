import { createHash } from 'node:crypto';
import type { InstanceHandle, LoadBalancer, Snapshot } from '@weft/core';
import { afterAll, describe, expect, it } from 'vitest';
import { type BalancerFeatures, balancerSuite, runSuite } from './index.js';

/** Rendezvous hashing (Thaler and Ravishankar, 1998): a strategy by keys without bounds. */
function byKey(): LoadBalancer {
  const weightOf = (key: string, { id }: InstanceHandle) => createHash('sha1').update(`${id}\n${key}`).digest('hex');
  let turn = 0;
  return {
    strategy: 'by_key',
    pick(from, { key = String(turn++), skip }) {
      const ranked = [...from].sort((a, b) => (weightOf(key, a) < weightOf(key, b) ? -1 : 1));
      const instance = ranked.find((one) => !skip(one)) ?? ranked[0];
      return instance && { instance, done: () => {} };
    },
  };
}

const report = balancerSuite(
  { describe, it },
  {
    create: byKey,
    strategy: 'by_key',
    supports: { weights: false, load: false, latency: false, warmUp: false, bounds: false },
  },
);

afterAll(() => {
  expect(report.notOffered).toEqual(['load', 'weights', 'bounds', 'latency', 'warmUp', 'wrap']);
  expect(report.cases.filter(({ outcome }) => outcome === 'failed')).toEqual([]);
});

/** A balancer that picks as it is told. */
const picking = (choose: (from: Snapshot, skip: (one: InstanceHandle) => boolean) => InstanceHandle | undefined) => () => {
  const balancer: LoadBalancer = {
    strategy: 'broken',
    pick(from, { skip }) {
      const instance = choose(from, skip);
      return instance && { instance, done: () => {} };
    },
  };
  return balancer;
};

const nothing = {
  evenShares: false,
  weights: false,
  load: false,
  latency: false,
  warmUp: false,
  keys: false,
  bounds: false,
};

async function failuresOf(create: () => LoadBalancer, supports: Partial<BalancerFeatures> = nothing): Promise<string[]> {
  const { cases } = await runSuite((runner) => balancerSuite(runner, { create, supports }));
  return cases.filter(({ outcome }) => outcome === 'failed').map(({ name }) => name);
}

describe('balancerSuite finds out a balancer that', () => {
  it('forbids what it should avoid', async () => {
    const broken = picking((from, skip) => from.find((one) => !skip(one)));
    expect(await failuresOf(broken)).toEqual([
      'picks the only one there is, also when it was tried',
      'picks a tried instance when all were tried',
      'never picks one that was tried while others are left, whoever was tried',
      'goes on while the list changes under its calls',
    ]);
  });

  it('forgets what a call has tried', async () => {
    expect(await failuresOf(picking(([first]) => first))).toEqual([
      'avoids instances that this call has tried while others are left',
      'keeps apart two instances of one id',
      'never picks one that was tried while others are left, whoever was tried',
      'goes on while the list changes under its calls',
    ]);
  });

  it('keeps its first list', async () => {
    let kept: Snapshot = [];
    const broken = () => {
      kept = [];
      return picking((from, skip) => {
        if (kept.length === 0) kept = from;
        return kept.find((one) => !skip(one)) ?? kept[0];
      })();
    };
    expect(await failuresOf(broken)).toContain('follows the list when instances come and go');
  });

  it('reads every record at each pick', async () => {
    const broken = picking((from, skip) => {
      const up = from.filter(({ instance }) => instance.status === 'up');
      return up.find((one) => !skip(one)) ?? up[0];
    });
    expect(await failuresOf(broken)).toEqual(['reads the records when the list changes, never at each pick']);
  });

  it('sends all calls to one', async () => {
    const broken = picking((from, skip) => from.find((one) => !skip(one)) ?? from[0]);
    expect(await failuresOf(broken, { ...nothing, evenShares: true })).toEqual([
      'gives instances that are alike alike many calls',
      'gives a share to an instance that comes',
      'favours nobody in a list that is replaced at every call',
    ]);
  });

  it('says that it looks at load, weights, keys and time and does not', async () => {
    const broken = picking((from, skip) => from.find((one) => !skip(one)) ?? from[0]);
    expect(await failuresOf(broken, { evenShares: false })).toEqual([
      'carries nothing any more when all its calls have ended, in whatever order',
      'prefers the instance with fewer calls in flight',
      'gives the place of a call back once, also when it is ended twice',
      'does not send more calls to an instance that fails fast',
      'does not send more calls to an instance that answers nothing',
      'shares calls by the weights of the records',
      'is exact to 1 % over 60,000 calls',
      'sends nothing to an instance of weight 0, also when all others were tried',
      'picks nobody when every weight is 0',
      'follows a weight that changes with the next list',
      'gives somebody of tiny weight a turn and stays exact enough for the rest',
      'sends calls with the same key to the same instance, whoever sends them and however the list is ordered',
      'spreads keys over all instances',
      'sends some calls of a key that everybody wants at once to other instances',
      'sends at most 2 % of the calls to one of five that is ten times slower (R6)',
      'sends less than half of its share to one of five that fails in 1 ms (R7)',
      'gives an instance that comes little at first, and all of its share in the end',
      'gives everybody of a first list a share at once',
    ]);
  });

  it('is put around a strategy and keeps what it does not use, tells it nothing, and copies the list', async () => {
    const wrap = (create: () => LoadBalancer): LoadBalancer => {
      const inner = create();
      const pick = (from: Snapshot) => {
        inner.pick([...from], { skip: () => false });
        const picked = inner.pick([...from], { skip: () => false });
        return picked && { instance: picked.instance, done: () => picked.done({ result: 'ok', durationMs: 0 }) };
      };
      return { strategy: 'wrapped', pick };
    };
    const { cases } = await runSuite((runner) => balancerSuite(runner, { create: byKey, wrap }));
    const failed = cases.filter(({ group, outcome }) => group === 'around strategies' && outcome === 'failed');
    expect(failed).toHaveLength(4);
  });
});
