import { createLoadBalancer } from '@weft/balancer';
import { AvailabilitySet, CircuitBreaker } from '@weft/breaker';
import { instanceRecord } from '@weft/conformance';
import { systemClock, systemRandom } from '@weft/core';
import { Bulkhead, memoryRateLimits, RetryBudget } from '@weft/resilience';
import { task } from './task.mjs';

/**
 * All that our client decides for a good call with every policy: lookup, rate limit, bulkhead, retry budget, breaker, pick, who
 * is in flight, how it ended.
 * @returns {Promise<import('../area.mjs').Opened>}
 */
export async function open() {
  const targets = new Map([['users', openTarget()]]);
  return {
    first: task,
    async run(calls) {
      for (let made = 0; made < calls; made++) {
        const decided = begin(targets);
        await task();
        end(decided);
      }
    },
    close: () => targets.get('users')?.availability.close(),
  };
}

/** Wide enough to refuse nobody. */
const RULE = /** @type {const} */ ({ algorithm: 'token_bucket', perSecond: 1_000_000_000, burst: 1_000_000_000 });

/** What a call tells a balancer. */
class Request {
  nowMs = 0;

  skip() {
    return false;
  }
}

/** What the client keeps about a service, over three instances. */
function openTarget() {
  const availability = new AvailabilitySet({ clock: systemClock, random: systemRandom, probe: async () => true });
  availability.update(['a', 'b', 'c'].map((id) => instanceRecord(id)));
  return {
    availability,
    balancer: createLoadBalancer('round_robin'),
    breaker: new CircuitBreaker(),
    budget: new RetryBudget(),
    limits: memoryRateLimits(),
    bulkhead: new Bulkhead({ maxConcurrent: 64, maxQueue: 64 }),
    request: new Request(),
  };
}

/** @param {Map<string, ReturnType<typeof openTarget>>} targets */
function begin(targets) {
  const startedAt = systemClock.now();
  const target = targets.get('users');
  if (!target?.limits.tryTake('users', RULE, 1, startedAt).allowed || !target.bulkhead.tryEnter()) throw refused();
  target.budget.recordCall(startedAt);
  const permit = target.breaker.tryEnter();
  target.request.nowMs = startedAt;
  const picked = target.balancer.pick(target.availability.snapshot, target.request);
  if (!permit || !picked) throw refused();
  return { target, permit, picked, startedAt, flight: target.availability.begin(picked.instance, startedAt) };
}

/** @param {ReturnType<typeof begin>} decided */
function end({ target, permit, picked, startedAt, flight }) {
  const endedAt = systemClock.now();
  const durationMs = endedAt - startedAt;
  target.availability.end(flight, 'ok', endedAt);
  permit.done('ok', durationMs);
  picked.done({ result: 'ok', durationMs });
  target.bulkhead.leave();
}

function refused() {
  return new Error('a good call was refused');
}
