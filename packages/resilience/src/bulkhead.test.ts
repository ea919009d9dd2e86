import { seededRandom, settle, virtualClock } from '@weft/conformance';
import { sleep } from '@weft/core';
import { describe, expect, it } from 'vitest';
import { Bulkhead } from './index.js';

describe('Bulkhead', () => {
  it('refuses at once, with WEFT_OVERLOADED, who finds no place, and no task is run', async () => {
    const bulkhead = new Bulkhead({ target: 'users', maxConcurrent: 2 });
    const never = () => new Promise<void>(() => {});
    void bulkhead.run(never);
    void bulkhead.run(never);
    let hasRun = false;
    const refused = bulkhead.run(async () => {
      hasRun = true;
    });
    await expect(refused).rejects.toMatchObject({
      code: 'WEFT_OVERLOADED',
      message: 'users: 2 calls are under way, which is all that its bulkhead allows',
      ambiguous: false,
    });
    expect([hasRun, bulkhead.inFlight, bulkhead.queued]).toEqual([false, 2, 0]);
  });

  it('lets who waits in, first come first served, as places come free', async () => {
    const clock = virtualClock();
    const bulkhead = new Bulkhead({ maxConcurrent: 1, maxQueue: 2, clock });
    const order: string[] = [];
    const work = (name: string) => bulkhead.run(() => sleep(10, clock).then(() => void order.push(name)));
    const all = [work('a'), work('b'), work('c')];
    await expect(work('d')).rejects.toMatchObject({ code: 'WEFT_OVERLOADED' });
    await clock.advance(30);
    await Promise.all(all);
    expect(order).toEqual(['a', 'b', 'c']);
    expect([bulkhead.inFlight, bulkhead.queued]).toEqual([0, 0]);
  });

  it('gives the place back when the task fails', async () => {
    const bulkhead = new Bulkhead({ maxConcurrent: 1 });
    await expect(bulkhead.run(() => Promise.reject(new Error('failed')))).rejects.toThrow('failed');
    expect(bulkhead.tryEnter()).toBe(true);
  });

  it('ends a wait by abort or deadline, which takes no place and leaves nothing behind', async () => {
    const clock = virtualClock();
    const bulkhead = new Bulkhead({ maxConcurrent: 1, maxQueue: 5, clock });
    bulkhead.tryEnter();
    const stopping = new AbortController();
    const aborted = expect(bulkhead.enter({ signal: stopping.signal })).rejects.toMatchObject({ code: 'WEFT_CANCELLED' });
    const late = expect(bulkhead.enter({ deadlineAt: clock.now() + 100 })).rejects.toMatchObject({
      code: 'WEFT_DEADLINE_EXCEEDED',
    });
    const patient = bulkhead.enter({ deadlineAt: Number.POSITIVE_INFINITY });
    expect(bulkhead.queued).toBe(3);
    stopping.abort();
    await clock.advance(100);
    await Promise.all([aborted, late]);
    expect([bulkhead.queued, clock.pendingTimers()]).toEqual([1, 0]);
    bulkhead.leave();
    await patient;
    expect([bulkhead.inFlight, bulkhead.queued]).toEqual([1, 0]);
  });

  it('does not queue who has been given up already', async () => {
    const clock = virtualClock();
    const bulkhead = new Bulkhead({ maxConcurrent: 1, maxQueue: 5, clock });
    bulkhead.tryEnter();
    await expect(bulkhead.enter({ deadlineAt: clock.now() })).rejects.toMatchObject({ code: 'WEFT_DEADLINE_EXCEEDED' });
    await expect(bulkhead.enter({ signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'WEFT_CANCELLED' });
  });

  it('never has more under way than allowed, and loses no place, whatever ends the waits', async () => {
    for (const seed of [1, 2, 3]) {
      const [clock, random] = [virtualClock(), seededRandom(seed)];
      const bulkhead = new Bulkhead({ maxConcurrent: 5, maxQueue: 10, clock });
      let most = 0;
      const all: Promise<unknown>[] = [];
      for (let call = 0; call < 200; call++) {
        const stopping = new AbortController();
        const options = { signal: stopping.signal, deadlineAt: clock.now() + 40 * random() };
        const task = async () => {
          most = Math.max(most, bulkhead.inFlight);
          await sleep(20 * random(), clock);
          if (random() < 0.3) throw new Error('failed');
        };
        all.push(bulkhead.run(task, options).catch(() => {}));
        if (random() < 0.2) stopping.abort();
        if (random() < 0.5) await clock.advance(5 * random());
      }
      await clock.advance(1_000);
      await Promise.all(all);
      expect([most, bulkhead.inFlight, bulkhead.queued], `seed ${seed}`).toEqual([5, 0, 0]);
    }
  });

  it('is resized while calls are under way', async () => {
    const bulkhead = new Bulkhead({ maxConcurrent: 1, maxQueue: 3 });
    bulkhead.tryEnter();
    const waiting = [bulkhead.enter(), bulkhead.enter()];
    bulkhead.resize({ maxConcurrent: 3 });
    await Promise.all(waiting);
    expect(bulkhead.inFlight).toBe(3);
    bulkhead.resize({ maxConcurrent: 2 });
    bulkhead.leave();
    expect(bulkhead.tryEnter()).toBe(false);
    expect(() => bulkhead.resize({ maxConcurrent: 0, maxQueue: -1 })).toThrow(
      'bulkhead.maxConcurrent: 0: expected a whole number from 1\nbulkhead.maxQueue: -1: expected a whole number from 0',
    );
    bulkhead.leave();
    expect(bulkhead.tryEnter()).toBe(true);
  });

  it('refuses who waits and who comes after close(), which may be called twice', async () => {
    const bulkhead = new Bulkhead({ maxConcurrent: 1, maxQueue: 1 });
    bulkhead.tryEnter();
    const waiting = bulkhead.enter();
    bulkhead.close();
    bulkhead.close();
    await expect(waiting).rejects.toMatchObject({ code: 'WEFT_CLOSED' });
    await expect(bulkhead.enter()).rejects.toMatchObject({ code: 'WEFT_CLOSED' });
    bulkhead.leave();
    await settle();
    expect(bulkhead.tryEnter()).toBe(false);
  });
});
