import assert from 'node:assert/strict';
import type { BreakerCase } from './breaker-case.js';
import { assertState, type BreakerSuiteOptions, end, THRESHOLD, TIMEOUT_MS } from './breaker-scene.js';

const WINDOW_MS = 10_000;
const MIN_CALLS = 20;
const SLOW_MS = 500;

const COUNT: Partial<BreakerSuiteOptions> = { mode: 'count', window: WINDOW_MS };
const RATE: Partial<BreakerSuiteOptions> = { mode: 'rate', window: WINDOW_MS, minCalls: MIN_CALLS, ratio: 0.5 };
const SLOW: Partial<BreakerSuiteOptions> = {
  slow: { threshold: SLOW_MS, ratio: 0.5 },
  window: WINDOW_MS,
  minCalls: MIN_CALLS,
};

/** `threshold` failures within `window`. */
export const countCases: readonly BreakerCase[] = [
  {
    name: 'opens after `threshold` failures within `window`, whatever succeeds in between',
    needs: 'countMode',
    async run(scene) {
      const breaker = scene.closed(COUNT);
      for (let failure = 1; failure < THRESHOLD; failure++) {
        end(breaker, 'failed');
        end(breaker, 'ok', 100);
        await scene.clock.advance(1_000);
      }
      assertState(breaker, 'closed');
      end(breaker, 'failed');
      assertState(breaker, 'open');
    },
  },
  {
    name: 'forgets failures that are older than `window`',
    needs: 'countMode',
    async run(scene) {
      const breaker = scene.closed(COUNT);
      end(breaker, 'failed', THRESHOLD - 1);
      await scene.clock.advance(WINDOW_MS);
      end(breaker, 'failed', THRESHOLD - 1);
      assertState(breaker, 'closed');
    },
  },
  {
    name: 'counts from 0 when it has closed',
    needs: 'countMode',
    async run(scene) {
      const breaker = await scene.halfOpen({ ...COUNT, window: WINDOW_MS * 10 });
      end(breaker, 'ok');
      end(breaker, 'failed', THRESHOLD - 1);
      assertState(breaker, 'closed');
    },
  },
];

/** The share of failures of at least `minCalls` calls within `window`. */
export const rateCases: readonly BreakerCase[] = [
  {
    name: 'never opens by 1 failure of 1 call, nor by any below `minCalls` (R60)',
    needs: 'rateMode',
    run(scene) {
      const breaker = scene.closed(RATE);
      end(breaker, 'failed');
      assertState(breaker, 'closed');
      end(breaker, 'failed', MIN_CALLS - 2);
      assertState(breaker, 'closed');
      end(breaker, 'failed');
      assertState(breaker, 'open');
    },
  },
  {
    name: 'opens when the share of failures reaches `ratio`, not before',
    needs: 'rateMode',
    run(scene) {
      const breaker = scene.closed(RATE);
      end(breaker, 'ok', 100);
      end(breaker, 'failed', 99);
      assertState(breaker, 'closed');
      end(breaker, 'failed');
      assertState(breaker, 'open');
    },
  },
  {
    name: 'takes `ratio` as it is written: 3 of 30 are 0.1',
    needs: 'rateMode',
    run(scene) {
      const breaker = scene.closed({ ...RATE, ratio: 0.1 });
      end(breaker, 'failed', 2);
      end(breaker, 'ok', 27);
      assertState(breaker, 'closed');
      end(breaker, 'failed');
      assertState(breaker, 'open');
    },
  },
  {
    name: 'opens at a ratio of 1 when every call fails',
    needs: 'rateMode',
    run(scene) {
      const breaker = scene.closed({ ...RATE, ratio: 1 });
      end(breaker, 'failed', MIN_CALLS);
      assertState(breaker, 'open');
    },
  },
  {
    name: 'forgets calls that are older than `window`',
    needs: 'rateMode',
    async run(scene) {
      const breaker = scene.closed(RATE);
      end(breaker, 'ok', 1_000);
      end(breaker, 'failed', MIN_CALLS - 1);
      await scene.clock.advance(WINDOW_MS);
      end(breaker, 'failed', MIN_CALLS - 1);
      assertState(breaker, 'closed');
      end(breaker, 'failed');
      assertState(breaker, 'open');
    },
  },
  {
    name: 'remembers calls that are younger than nine tenths of `window`',
    needs: 'rateMode',
    async run(scene) {
      const breaker = scene.closed(RATE);
      for (let failure = 1; failure < MIN_CALLS; failure++) {
        end(breaker, 'failed');
        await scene.clock.advance((WINDOW_MS * 0.9) / MIN_CALLS);
      }
      end(breaker, 'failed');
      assertState(breaker, 'open');
    },
  },
  {
    name: 'counts ignored outcomes neither as calls nor as failures',
    needs: 'ignoredInRate',
    run(scene) {
      const breaker = scene.closed(RATE);
      end(breaker, 'ignored', 100);
      end(breaker, 'failed', MIN_CALLS - 1);
      assertState(breaker, 'closed');
      end(breaker, 'failed');
      assertState(breaker, 'open');
    },
  },
];

/** The share of slow calls of at least `minCalls` calls within `window`. */
export const slowCases: readonly BreakerCase[] = [
  {
    name: 'opens when the share of slow calls reaches `slow.ratio` of at least `minCalls`, though all succeed',
    needs: 'slowCalls',
    run(scene) {
      const breaker = scene.closed(SLOW);
      end(breaker, 'ok', 10, SLOW_MS);
      end(breaker, 'ok', 9, SLOW_MS + 1);
      assertState(breaker, 'closed');
      end(breaker, 'ok', 1, SLOW_MS + 1);
      assertState(breaker, 'open');
    },
  },
  {
    name: 'looks at slow calls beside the failures of its mode',
    needs: 'slowCalls',
    run(scene) {
      const breaker = scene.closed(SLOW);
      end(breaker, 'ok', MIN_CALLS - 1, SLOW_MS * 2);
      end(breaker, 'failed', THRESHOLD - 1, 1);
      assertState(breaker, 'closed');
      end(breaker, 'failed');
      assertState(breaker, 'open');
    },
  },
  {
    name: 'forgets slow calls that are older than `window`',
    needs: 'slowCalls',
    async run(scene) {
      const breaker = scene.closed(SLOW);
      end(breaker, 'ok', MIN_CALLS - 1, SLOW_MS * 2);
      await scene.clock.advance(WINDOW_MS);
      end(breaker, 'ok', MIN_CALLS - 1, SLOW_MS * 2);
      assertState(breaker, 'closed');
    },
  },
  {
    name: 'takes a slow probe for a failed one',
    needs: 'slowCalls',
    async run(scene) {
      const breaker = await scene.halfOpen(SLOW);
      end(breaker, 'ok', 1, SLOW_MS * 2);
      assertState(breaker, 'open');
    },
  },
  {
    name: 'execute() times the task by the clock',
    needs: 'slowCalls',
    async run(scene) {
      const breaker = scene.closed({ ...SLOW, minCalls: 1 });
      await breaker.execute(() => scene.clock.advance(SLOW_MS));
      assertState(breaker, 'closed');
      await breaker.execute(() => scene.clock.advance(SLOW_MS + 1));
      assertState(breaker, 'open');
      await scene.clock.advance(TIMEOUT_MS);
      await breaker.execute(() => scene.clock.advance(SLOW_MS * 2));
      assert.ok(breaker.isOpen());
    },
  },
];
