import { virtualClock } from '@weft/conformance';
import { WeftError } from '@weft/core';
import { afterEach, describe, expect, it } from 'vitest';
import { failedOf, told } from './load.js';
import { answerIn, isProbe, VirtualCaller } from './virtual-caller.js';

const SEEDS = [9, 10, 61];
const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

const refused = () => new WeftError('WEFT_UNAVAILABLE', 'connection refused', { failure: 'refused' });

/** A caller of five that do what `say` says; what the client tells is written down. */
function open(seed: number, say: (id: string, atMs: number) => number | Error) {
  const virtual = virtualClock();
  const startedAt = virtual.now();
  const caller = new VirtualCaller({
    seed,
    virtual,
    script: ({ instance }) => {
      const said = say(instance.id, virtual.now() - startedAt);
      return said instanceof Error ? said : answerIn(virtual, 20, { status: said });
    },
  });
  closers.push(() => caller.close());
  const events: string[] = [];
  caller.client.on('instance.ejected', ({ instance, reason }) => events.push(`ejected ${instance} ${reason}`));
  caller.client.on('instance.restored', ({ instance }) => events.push(`restored ${instance}`));
  caller.client.on('breaker.state', ({ state }) => events.push(`breaker ${state}`));
  return { caller, events };
}

describe('outages that last, on a virtual clock', () => {
  it.each(SEEDS)(
    'R9 when all five answer 500, each open period of the breaker ends with a single probe, seed %i',
    async (seed) => {
      const { caller, events } = open(seed, () => 500);
      await caller.callFor(5_000, { perSecond: 100 });
      expect(events).toContain('breaker open');
      const tries = caller.tries.length;
      await caller.callFor(295_000, { perSecond: 100 });
      const periods = events.filter((event) => event === 'breaker open').length - 1;
      expect(caller.tries.length - tries, `seed ${seed}: one try per open period`).toBe(periods);
      expect(periods).toBeGreaterThanOrEqual(3);
    },
  );

  const down = [
    ['refuses', refused],
    ['answers 500', () => 500],
  ] as const;
  for (const [how, failure] of down) {
    it.each(SEEDS)(
      `R10 one that ${how} for 2 s out of 4 loses no GET and is told of at most 5 times a minute, seed %i`,
      async (seed) => {
        const { caller, events } = open(seed, (id, atMs) => (id === 'things-1' && atMs % 4_000 >= 2_000 ? failure() : 200));
        for (let minute = 1; minute <= 3; minute++) {
          const ended = await caller.callFor(60_000, { perSecond: 100 });
          const happened = events.splice(0);
          expect(failedOf(ended, 'GET'), `seed ${seed}, minute ${minute}: ${told(ended)}`).toEqual([]);
          expect(happened.length, `seed ${seed}, minute ${minute}: ${happened}`).toBeLessThanOrEqual(5);
          expect(happened.filter((event) => !event.includes('things-1'))).toEqual([]);
        }
      },
    );
  }

  it.each(SEEDS)('R61 a service that is dead is tried 30 s after, then 60 s, 120 s ... up to 5 min, seed %i', async (seed) => {
    const { caller } = open(seed, refused);
    const triedAt: number[] = [];
    const startedAt = caller.clock.now();
    const { script } = caller.transport;
    caller.transport.script = (attempt) => {
      if (!isProbe(attempt)) triedAt.push(caller.clock.now() - startedAt);
      return script(attempt);
    };
    await caller.callFor(1_800_000, { perSecond: 2 });
    const probedAt = triedAt.filter((at, n) => at - (triedAt[n - 1] ?? 0) > 1_000);
    const openMs = probedAt.map((at, n) => at - (probedAt[n - 1] ?? 0));
    const [first = 0, ...others] = openMs;
    expect(first, `seed ${seed}`).toBeGreaterThanOrEqual(30_000);
    expect(first, `seed ${seed}: exact, up to the next call`).toBeLessThan(33_000);
    others.forEach((ms, n) => {
      const doubledMs = Math.min(300_000, 30_000 * 2 ** (n + 1));
      expect(ms, `seed ${seed}: open ${openMs}`).toBeGreaterThanOrEqual(0.8 * doubledMs);
      expect(ms, `seed ${seed}: open ${openMs}`).toBeLessThanOrEqual(Math.min(300_000, 1.2 * doubledMs) + 600);
    });
    expect(others.length, `seed ${seed}: open ${openMs}`).toBeGreaterThanOrEqual(6);
  });
});
