import { virtualClock } from '@weft/conformance';
import { afterEach, describe, expect, it } from 'vitest';
import { failedOf, told } from './load.js';
import { answerIn, isProbe, VirtualCaller } from './virtual-caller.js';
import { VirtualService } from './virtual-service.js';

const CALLS = 3_000;
const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

/** user -> a -> b -> leaf, 3 clients that all retry; what comes back from the next layer is what the one before answers. */
async function openLayers(seed: number, circuitBreaker: boolean) {
  const virtual = virtualClock();
  const leaf = { status: 200, tries: 0 };
  const open = (script: VirtualCaller['transport']['script'], nth: number) => {
    const caller = new VirtualCaller({ seed: seed * 10 + nth, script, virtual, circuitBreaker });
    closers.push(() => caller.close());
    return caller;
  };
  const relay = async (next: VirtualCaller) => {
    const service = await VirtualService.start(virtual, async ({ json }) => {
      const { statusCode } = await next.client.get('/things/7');
      return json({}, { status: statusCode });
    });
    closers.push(() => service.stop());
    return service.answer;
  };
  const b = open((attempt) => {
    if (isProbe(attempt)) return {};
    leaf.tries++;
    return answerIn(virtual, 20, { status: leaf.status });
  }, 3);
  const a = open(await relay(b), 2);
  const user = open(await relay(a), 1);
  return { leaf, user, a };
}

describe('a retry storm over 3 layers, on a virtual clock', () => {
  it.each([1, 2, 3])('R50 10 s of 503 at the leaf make at most 2.0 tries there per call of the user, seed %i', async (seed) => {
    for (const circuitBreaker of [false, true]) {
      const { leaf, user } = await openLayers(seed, circuitBreaker);
      await user.callFor(10_000, { onlyGet: true });
      const before = leaf.tries;
      leaf.status = 503;
      const ended = await user.callFor(10_000, { onlyGet: true });
      const perCall = (leaf.tries - before) / CALLS;
      expect(perCall, `seed ${seed}, breaker ${circuitBreaker}`).toBeLessThanOrEqual(2);
      if (!circuitBreaker) expect(perCall, `seed ${seed}: all layers do retry`).toBeGreaterThan(1.1);
      expect(failedOf(ended).length, `seed ${seed}`).toBeGreaterThan(0.95 * CALLS);
    }
  });

  it.each([1, 2, 3])('R51 it is over as soon as the leaf is back, and does not come again, seed %i', async (seed) => {
    const { leaf, user } = await openLayers(seed, false);
    leaf.status = 503;
    await user.callFor(10_000, { onlyGet: true });
    leaf.status = 200;
    const before = leaf.tries;
    const ended = await user.callFor(20_000, { onlyGet: true });
    const late = ended.filter(({ atMs }) => atMs > 5_000);
    expect(failedOf(late), `seed ${seed}: ${told(late)}`).toEqual([]);
    expect((leaf.tries - before) / (2 * CALLS), `seed ${seed}: no retries any more`).toBeLessThan(1.02);
  });

  it.each([1, 2, 3])('R51 breakers that all opened close one inside the other, seed %i', async (seed) => {
    const { leaf, user, a } = await openLayers(seed, true);
    leaf.status = 503;
    await user.callFor(10_000, { onlyGet: true });
    expect([user, a].map(({ client }) => client.getCircuitBreaker()?.isOpen())).toEqual([true, true]);
    leaf.status = 200;
    const ended = await user.callFor(50_000, { onlyGet: true });
    const late = ended.filter(({ atMs }) => atMs > 30_000);
    expect(failedOf(late), `seed ${seed}: ${told(late)}`).toEqual([]);
  });
});
