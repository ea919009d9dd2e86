import assert from 'node:assert/strict';
import { WeftError } from '@weft/core';
import type { BreakerCase } from './breaker-case.js';
import { assertState, end, isRefusal, THRESHOLD, TIMEOUT_MS } from './breaker-scene.js';

/** The breaker around a task. */
export const executeCases: readonly BreakerCase[] = [
  {
    name: 'execute() gives back what the task resolves to',
    async run(scene) {
      const breaker = scene.closed();
      assert.equal(await breaker.execute(async () => 42), 42);
    },
  },
  {
    name: 'execute() rethrows the error of the task and counts it',
    async run(scene) {
      const breaker = scene.closed();
      const failure = new Error('service error');
      for (let call = 0; call < THRESHOLD; call++) {
        await assert.rejects(
          breaker.execute(() => Promise.reject(failure)),
          (error) => error === failure,
        );
      }
      assertState(breaker, 'open');
    },
  },
  {
    name: 'execute() counts a task that throws synchronously',
    async run(scene) {
      const breaker = scene.closed({ threshold: 1 });
      const thrown = breaker.execute(() => {
        throw new Error('at once');
      });
      await assert.rejects(thrown, /at once/);
      assertState(breaker, 'open');
    },
  },
  {
    name: 'execute() does not run the task while the breaker is open, and says so without a stack',
    async run(scene) {
      const breaker = scene.open();
      let runs = 0;
      const refused = breaker.execute(async () => runs++);
      await assert.rejects(refused, (error) => isRefusal(error) && !error.stack?.includes('\n    at '));
      assert.equal(runs, 0);
    },
  },
  {
    name: 'execute() refuses with WEFT_BREAKER_OPEN while the probe of half-open is under way',
    async run(scene) {
      const breaker = await scene.halfOpen();
      let answer = (_: string) => {};
      const probing = breaker.execute(
        () =>
          new Promise<string>((resolve) => {
            answer = resolve;
          }),
      );
      await assert.rejects(
        breaker.execute(async () => 'second'),
        isRefusal,
      );
      answer('first');
      assert.equal(await probing, 'first');
      assertState(breaker, 'closed');
    },
  },
  {
    name: 'execute() does not count a cancelled task',
    async run(scene) {
      const breaker = scene.closed({ threshold: 1 });
      const cancelled = breaker.execute(() => Promise.reject(new WeftError('WEFT_CANCELLED', 'cancelled')));
      await assert.rejects(cancelled, { code: 'WEFT_CANCELLED' });
      const aborted = breaker.execute(() => Promise.reject(AbortSignal.abort().reason));
      await assert.rejects(aborted, { name: 'AbortError' });
      assertState(breaker, 'closed');
    },
  },
];

/** The breaker moved by hand. */
export const handCases: readonly BreakerCase[] = [
  {
    name: 'open() opens it for one open time',
    async run(scene) {
      const breaker = scene.closed();
      breaker.open();
      assertState(breaker, 'open');
      await scene.clock.advance(TIMEOUT_MS - 1);
      assertState(breaker, 'open');
      await scene.clock.advance(1);
      assertState(breaker, 'half-open');
    },
  },
  {
    name: 'close() closes it and forgets what was counted',
    run(scene) {
      const breaker = scene.open();
      breaker.close();
      assertState(breaker, 'closed');
      end(breaker, 'failed', THRESHOLD - 1);
      breaker.close();
      end(breaker, 'failed', THRESHOLD - 1);
      assertState(breaker, 'closed');
    },
  },
];
