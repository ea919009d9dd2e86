import { type Permit, type Picked, RETRY_HEADER, type Reply, WeftError } from '@weft/core';
import { createRetryState, decideRetry, isRetryableStatus, type RetryRefusal } from '@weft/resilience';
import type { Call } from './call.js';
import { answer, type Ending, giveUp, letGo, outOfTime, refusedAsLate, refusedBy } from './ending.js';
import { hedged } from './hedged.js';
import type { Response } from './response.js';
import { Try } from './try.js';
import { pause, waitForInstances } from './wait.js';

/**
 * The tries of a call, in the order that makes it right:
 * retry { wait for instances > service breaker gate > availability > [hedge] pick > around the try > transport }.
 * The balancer sees only what can be called; a refusal of the breaker is never retried; a good first answer pays for
 * none of what failures need.
 * A call that nothing else stands around is over at its end, unless its body is still read.
 * @param startAt the present instant
 */
export async function tries(call: Call, startAt: number): Promise<Response> {
  const { target } = call;
  target.budget.recordCall(startAt);
  let last: Ending | undefined;
  try {
    for (let nowMs = startAt; ; nowMs = target.clock.now()) {
      if (call.cancelled) throw call.failure(call.cancelled, 'cancelled');
      if (target.availability.snapshot.length === 0) nowMs = await waitForInstances(call);
      if (nowMs >= call.deadlineAt) refusedAsLate(call);
      const permit = target.breaker?.tryEnter();
      if (target.breaker && !permit) return giveUp(call, last ?? refusedBy(call), 'breaker');
      const attempt = begin(call, permit, nowMs);
      if (!attempt) return giveUp(call, last ?? refusedBy(call), 'nobody-else');
      call.current = attempt;
      if (call.plan.hedge && call.idempotent) {
        last = await hedged(call, call.plan.hedge, attempt, begin);
      } else {
        let reply: Reply | undefined;
        let error: WeftError | undefined;
        try {
          reply = await target.send(attempt);
        } catch (cause) {
          error = WeftError.from(cause);
        }
        error ??= outOfTime(reply, attempt);
        if (error) reply = undefined;
        attempt.finish(reply, error);
        if (reply && !isRetryableStatus(reply.status)) return answer(call, attempt, reply);
        last = { attempt, reply, error };
      }
      if (last.reply && !isRetryableStatus(last.reply.status)) return answer(call, last.attempt, last.reply);
      const afterMs = pauseBeforeNext(call, last);
      if (typeof afterMs !== 'number') return giveUp(call, last, call.cancelled ? 'cancelled' : afterMs);
      last = letGo(call, last);
      if (afterMs > 0) await pause(afterMs, call);
    }
  } finally {
    if (!call.plan.isGoverned && !call.isRead) call.end();
  }
}

/** The next try; undefined when nobody is left whom this call may go to. @throws WEFT_NO_INSTANCE */
function begin(call: Call, permit: Permit | undefined, nowMs: number): Try | undefined {
  const { target } = call;
  let picked: Picked | undefined;
  try {
    call.nowMs = nowMs;
    const from = call.among(target.availability.snapshot);
    if (from.length === 0) {
      unused(permit, picked);
      return undefined;
    }
    picked = target.balancer.pick(from, call);
    if (!picked) throw target.noInstance();
    const attempt = new Try(target, call, picked, permit, nowMs);
    call.note(picked.instance);
    return attempt;
  } catch (error) {
    unused(permit, picked);
    throw call.failure(WeftError.from(error), 'no-instance');
  }
}

function unused(permit: Permit | undefined, picked: Picked | undefined): void {
  permit?.done('ignored', 0);
  picked?.done({ result: 'ignored', durationMs: 0 });
}

/** Ms until the next try; when there is to be none, why. */
function pauseBeforeNext(call: Call, { attempt, reply, error }: Ending): number | RetryRefusal {
  const { target } = call;
  const failed = error ?? reply;
  if (!failed) return 'final';
  const nowMs = target.clock.now();
  if (error?.ambiguous) call.ambiguous = true;
  call.retry ??= createRetryState();
  const mayHaveRun = error ? error.ambiguous : reply?.headers[RETRY_HEADER] !== 'yes';
  const isHeldThere = attempt.remembers === 'local' && mayHaveRun;
  const decision = decideRetry(call.retry, failed, {
    idempotent: call.idempotent || attempt.remembers !== undefined,
    bodyConsumed: call.consumesBody,
    maxAttempts: call.maxAttempts,
    leftMs: call.deadlineAt - nowMs,
    retryDelayMs: call.retryDelayMs,
    nowMs,
    isElsewhereLeft: !isHeldThere && target.availability.snapshot.some((instance) => !call.skip(instance)),
    budget: target.budget,
    random: target.random,
  });
  if (!decision.retry) return decision.because;
  if (attempt.remembers && mayHaveRun) call.goOnOnlyWhere(attempt);
  return decision.afterMs;
}
