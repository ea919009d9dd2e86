import { instanceRecord, seededRandom } from '@weft/conformance';
import { describe, expect, it } from 'vitest';
import { randomChoice } from './index.js';

const SEED = 70;
const snapshot = ['a', 'b', 'c'].map((id) => ({ id, instance: instanceRecord(id) }));

describe('randomChoice', () => {
  it('spreads 60,000 calls over 3 instances within 3 %', () => {
    const balancer = randomChoice({ random: seededRandom(SEED) });
    const picks = new Map<string | undefined, number>();
    for (let call = 0; call < 60_000; call++) {
      const id = balancer.pick(snapshot, { skip: () => false })?.instance.id;
      picks.set(id, (picks.get(id) ?? 0) + 1);
    }
    expect(picks.size).toBe(3);
    for (const count of picks.values()) expect(Math.abs(count / 20_000 - 1), `seed ${SEED}`).toBeLessThan(0.03);
  });

  it('is the same sequence for the same seed', () => {
    const picks = () => {
      const balancer = randomChoice({ random: seededRandom(SEED) });
      return Array.from({ length: 50 }, () => balancer.pick(snapshot, { skip: () => false })?.instance.id);
    };
    expect(picks()).toEqual(picks());
  });
});
