import assert from 'node:assert/strict';
import type { BreakerCase } from './breaker-case.js';
import { assertState, end, THRESHOLD, TIMEOUT_MS } from './breaker-scene.js';

/** What closed means. */
export const closedCases: readonly BreakerCase[] = [
  {
    name: 'is closed at first and lets every call through',
    run(scene) {
      const breaker = scene.closed();
      assertState(breaker, 'closed');
      for (let call = 0; call < 100; call++) assert.ok(breaker.tryEnter());
    },
  },
  {
    name: 'opens after exactly `threshold` failures in a row (R59)',
    run(scene) {
      const breaker = scene.closed();
      end(breaker, 'failed', THRESHOLD - 1);
      assertState(breaker, 'closed');
      end(breaker, 'failed');
      assertState(breaker, 'open');
    },
  },
  {
    name: 'begins to count anew after a success',
    run(scene) {
      const breaker = scene.closed();
      end(breaker, 'failed', THRESHOLD - 1);
      end(breaker, 'ok');
      end(breaker, 'failed', THRESHOLD - 1);
      assertState(breaker, 'closed');
    },
  },
  {
    name: 'counts ignored outcomes neither as failures nor as successes',
    run(scene) {
      const breaker = scene.closed();
      end(breaker, 'ignored', 10);
      assertState(breaker, 'closed');
      end(breaker, 'failed', THRESHOLD - 1);
      end(breaker, 'ignored');
      end(breaker, 'failed');
      assertState(breaker, 'open');
    },
  },
  {
    name: 'does not forget failures with time',
    async run(scene) {
      const breaker = scene.closed();
      end(breaker, 'failed', THRESHOLD - 1);
      await scene.clock.advance(3_600_000);
      end(breaker, 'failed');
      assertState(breaker, 'open');
    },
  },
];

/** What open means, and how it ends. */
export const openCases: readonly BreakerCase[] = [
  {
    name: 'refuses every call until the open time is over',
    async run(scene) {
      const breaker = scene.open();
      assert.equal(breaker.tryEnter(), undefined);
      await scene.clock.advance(TIMEOUT_MS - 1);
      assert.equal(breaker.tryEnter(), undefined);
      assertState(breaker, 'open');
    },
  },
  {
    name: 'is half-open exactly after the open time, with no call made (R59, S64)',
    async run(scene) {
      const breaker = scene.open();
      await scene.clock.advance(TIMEOUT_MS);
      assertState(breaker, 'half-open');
    },
  },
  {
    name: 'sets no timer',
    run(scene) {
      scene.open();
      assert.equal(scene.clock.pendingTimers(), 0);
    },
  },
  {
    name: 'closes directly after the open time when halfOpen is false',
    needs: 'withoutHalfOpen',
    async run(scene) {
      const breaker = scene.open({ halfOpen: false });
      await scene.clock.advance(TIMEOUT_MS - 1);
      assertState(breaker, 'open');
      await scene.clock.advance(1);
      assertState(breaker, 'closed');
      end(breaker, 'failed', THRESHOLD - 1);
      assertState(breaker, 'closed');
    },
  },
  {
    name: 'stays open twice as long each time it opens again, +-20 %, up to 5 min (R61)',
    needs: 'growingOpenTime',
    async run(scene) {
      const breaker = await scene.halfOpen();
      for (const expectedMs of [20_000, 40_000, 80_000, 160_000, 300_000, 300_000]) {
        end(breaker, 'failed');
        await scene.assertHalfOpensBetween(breaker, expectedMs * 0.8, Math.min(300_000, expectedMs * 1.2));
      }
    },
  },
  {
    name: 'begins with the first open time again after a successful probe',
    needs: 'growingOpenTime',
    async run(scene) {
      const breaker = await scene.halfOpen();
      end(breaker, 'failed');
      await scene.clock.advance(24_000);
      end(breaker, 'ok');
      end(breaker, 'failed', THRESHOLD);
      await scene.assertHalfOpensBetween(breaker, TIMEOUT_MS, TIMEOUT_MS);
    },
  },
];

/** What half-open means. */
export const halfOpenCases: readonly BreakerCase[] = [
  {
    name: 'lets one probe through at a time and refuses the rest (R59)',
    async run(scene) {
      const breaker = await scene.halfOpen();
      assert.ok(breaker.tryEnter());
      for (let call = 0; call < 10; call++) assert.equal(breaker.tryEnter(), undefined);
      assertState(breaker, 'half-open');
    },
  },
  {
    name: 'closes when the probe succeeds, and counts from 0',
    async run(scene) {
      const breaker = await scene.halfOpen();
      end(breaker, 'ok');
      assertState(breaker, 'closed');
      end(breaker, 'failed', THRESHOLD - 1);
      assertState(breaker, 'closed');
    },
  },
  {
    name: 'opens again when the probe fails',
    async run(scene) {
      const breaker = await scene.halfOpen();
      end(breaker, 'failed');
      assertState(breaker, 'open');
      assert.equal(breaker.tryEnter(), undefined);
    },
  },
  {
    name: 'gives the permit of an ignored probe to the next call',
    async run(scene) {
      const breaker = await scene.halfOpen();
      end(breaker, 'ignored');
      assertState(breaker, 'half-open');
      assert.ok(breaker.tryEnter());
    },
  },
  {
    name: 'counts a probe that is ended twice once',
    async run(scene) {
      const breaker = await scene.halfOpen();
      const probe = breaker.tryEnter();
      probe?.done('ignored', 1);
      probe?.done('ignored', 1);
      assert.ok(breaker.tryEnter());
      assert.equal(breaker.tryEnter(), undefined);
    },
  },
  {
    name: 'lets `probes` probes through at a time',
    needs: 'manyProbes',
    async run(scene) {
      const breaker = await scene.halfOpen({ probes: 3 });
      const permits = [breaker.tryEnter(), breaker.tryEnter(), breaker.tryEnter()];
      assert.ok(permits.every((permit) => permit !== undefined));
      assert.equal(breaker.tryEnter(), undefined);
      permits[0]?.done('ignored', 1);
      assert.ok(breaker.tryEnter());
    },
  },
  {
    name: 'closes when `probes` probes have succeeded',
    needs: 'manyProbes',
    async run(scene) {
      const breaker = await scene.halfOpen({ probes: 3 });
      end(breaker, 'ok', 2);
      assertState(breaker, 'half-open');
      end(breaker, 'ok');
      assertState(breaker, 'closed');
    },
  },
  {
    name: 'opens again when one of several probes fails, whatever the others say',
    needs: 'manyProbes',
    async run(scene) {
      const breaker = await scene.halfOpen({ probes: 3 });
      const late = breaker.tryEnter();
      end(breaker, 'ok');
      end(breaker, 'failed');
      late?.done('ok', 1);
      assertState(breaker, 'open');
    },
  },
];

/** Outcomes that come late. */
export const lateCases: readonly BreakerCase[] = [
  {
    name: 'does not count outcomes of calls that began before it opened',
    needs: 'lateOutcomes',
    async run(scene) {
      const breaker = scene.closed();
      const late = [breaker.tryEnter(), breaker.tryEnter()];
      end(breaker, 'failed', THRESHOLD);
      late[0]?.done('ok', 1);
      assertState(breaker, 'open');
      await scene.clock.advance(TIMEOUT_MS);
      late[1]?.done('failed', 1);
      assertState(breaker, 'half-open');
    },
  },
  {
    name: 'does not count a probe of an earlier half-open period',
    needs: 'lateOutcomes',
    async run(scene) {
      const breaker = await scene.halfOpen();
      const late = breaker.tryEnter();
      breaker.open();
      await scene.clock.advance(TIMEOUT_MS);
      late?.done('ok', 1);
      assertState(breaker, 'half-open');
      assert.ok(breaker.tryEnter());
      assert.equal(breaker.tryEnter(), undefined);
    },
  },
];
