import { createLoadBalancer } from '@weft/balancer';
import { AvailabilitySet, CircuitBreaker } from '@weft/breaker';
import { instanceRecord } from '@weft/conformance';
import { systemClock, systemRandom } from '@weft/core';
import { RetryBudget } from '@weft/resilience';
import { task } from './task.mjs';

/**
 * All that our client decides for a good call: lookup, retry budget, breaker, pick, who is in flight, how it ended.
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

const request = { skip: () => false };

/** What the client keeps about a service, over three instances. */
function openTarget() {
  const availability = new AvailabilitySet({ clock: systemClock, random: systemRandom, probe: async () => true });
  availability.update(['a', 'b', 'c'].map((id) => instanceRecord(id)));
  return { availability, balancer: createLoadBalancer('round_robin'), breaker: new CircuitBreaker(), budget: new RetryBudget() };
}

/** @param {Map<string, ReturnType<typeof openTarget>>} targets */
function begin(targets) {
  const startedAt = systemClock.now();
  const target = targets.get('users');
  target?.budget.recordCall(startedAt);
  const permit = target?.breaker.tryEnter();
  const picked = target?.balancer.pick(target.availability.snapshot, request);
  if (!target || !permit || !picked) throw new Error('a good call was refused');
  return { target, permit, picked, startedAt, flight: target.availability.begin(picked.instance, startedAt) };
}

/** @param {ReturnType<typeof begin>} decided */
function end({ target, permit, picked, startedAt, flight }) {
  const endedAt = systemClock.now();
  const durationMs = endedAt - startedAt;
  target.availability.end(flight, 'ok', endedAt);
  picked.done({ result: 'ok', durationMs });
  permit.done('ok', durationMs);
}
