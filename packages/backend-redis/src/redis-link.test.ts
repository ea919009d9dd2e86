import { seededRandom, settle, virtualClock } from '@weft/conformance';
import { WeftError } from '@weft/core';
import { afterEach, describe, expect, it } from 'vitest';
import type { RedisClient } from './open-client.js';
import { RedisLink } from './redis-link.js';
import { parseRedisOptions } from './redis-options.js';

const SECONDS_30 = 30_000;
const { signal } = new AbortController();
const refusal = new WeftError('WEFT_REGISTRY_UNAVAILABLE', 'LOADING Redis is loading the dataset in memory');
const unreachable = new WeftError('WEFT_REGISTRY_UNAVAILABLE', 'nobody there', { failure: 'refused' });
const links: RedisLink<RedisClient>[] = [];

afterEach(() => {
  for (const link of links.splice(0)) link.close();
});

/** A link to a server that is never there for us. */
function linkTo(error: WeftError, seed = 1) {
  const clock = virtualClock();
  const settings = parseRedisOptions({}, { clock, random: seededRandom(seed) });
  const triedAt: number[] = [];
  const open = async () => {
    triedAt.push(clock.now());
    throw error;
  };
  const link = new RedisLink<RedisClient>({ open, settings, peer: 'redis', isLogged: false });
  links.push(link);
  return { clock, link, triedAt };
}

describe('RedisLink', () => {
  it('leaves a server that refuses us alone for longer and longer, and tries on when it cannot be reached', async () => {
    for (let seed = 1; seed <= 20; seed++) {
      const [refused, lost] = [linkTo(refusal, seed), linkTo(unreachable, seed)];
      for (const { clock } of [refused, lost]) await clock.advance(SECONDS_30);
      expect(refused.triedAt.length, `seed ${seed}`).toBeLessThanOrEqual(9);
      expect(lost.triedAt.length, `seed ${seed}`).toBeGreaterThan(15);
    }
  });

  it('asks a server that refused us at once when somebody wants it, but not twice in a second', async () => {
    const { clock, link, triedAt } = linkTo(refusal);
    await clock.advance(SECONDS_30);
    // Whatever pause is due, it begins anew here.
    await expect(link.connected(signal)).rejects.toBe(refusal);
    const { length } = triedAt;
    for (let asked = 0; asked < 5; asked++) await expect(link.connected(signal)).rejects.toBe(refusal);
    expect(triedAt).toHaveLength(length);
    await clock.advance(1_000);
    await expect(link.connected(signal)).rejects.toBe(refusal);
    expect(triedAt).toHaveLength(length + 1);
  });

  it('says whether it is refused, for others to leave the server alone too', async () => {
    const [refused, lost] = [linkTo(refusal), linkTo(unreachable)];
    expect(refused.link.isRefused).toBe(false);
    await settle();
    expect([refused.link.isRefused, lost.link.isRefused]).toEqual([true, false]);
  });
});
