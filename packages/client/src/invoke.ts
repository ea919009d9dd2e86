import { type Permit, type Picked, type Reply, WeftError } from '@weft/core';
import { createRetryState, decideRetry, isRetryableStatus } from '@weft/resilience';
import type { Call } from './call.js';
import { answer, type Ending, giveUp, letGo, outOfTime, refusedAsLate, refusedBy } from './ending.js';
import type { Response } from './response.js';
import type { Target } from './target.js';
import { Try } from './try.js';
import { pause, waitForInstances } from './wait.js';

/**
 * The way of a call, in the order that makes it right:
 * retry { wait for instances > service breaker gate > availability > pick > around the try > transport }.
 * The balancer sees only what can be called; a refusal of the breaker is never retried; a good first answer pays for
 * none of what failures need.
 */
export async function invoke(target: Target, call: Call): Promise<Response> {
  target.budget.recordCall(call.startedAt);
  let last: Ending | undefined;
  for (let nowMs = call.startedAt; ; nowMs = target.clock.now()) {
    if (call.cancelled) throw call.failure(call.cancelled);
    if (target.availability.snapshot.length === 0) nowMs = await waitForInstances(target, call);
    if (nowMs >= call.deadlineAt) refusedAsLate(call);
    const permit = target.breaker?.tryEnter();
    if (target.breaker && !permit) return giveUp(call, last ?? refusedBy(target, call));
    const attempt = begin(target, call, permit, nowMs);
    let reply: Reply | undefined;
    let error: WeftError | undefined;
    try {
      reply = await target.send(attempt);
    } catch (cause) {
      error = WeftError.from(cause);
    }
    error ??= outOfTime(reply, call, target);
    if (error) reply = undefined;
    attempt.finish(reply, error);
    if (reply && !isRetryableStatus(reply.status)) return answer(call, attempt, reply);
    last = { attempt, reply, error };
    const afterMs = pauseBeforeNext(target, call, last);
    if (typeof afterMs !== 'number') return giveUp(call, { ...last, suppressed: afterMs });
    last = letGo(call, last);
    if (afterMs > 0) await pause(afterMs, call, target.clock);
  }
}

function begin(target: Target, call: Call, permit: Permit | undefined, nowMs: number): Try {
  let picked: Picked | undefined;
  try {
    picked = target.balancer.pick(target.availability.snapshot, call);
    if (!picked) throw target.noInstance();
    const attempt = new Try(target, call, picked, permit, nowMs);
    call.current = attempt;
    call.note(picked.instance);
    return attempt;
  } catch (error) {
    permit?.done('ignored', 0);
    picked?.done({ result: 'ignored', durationMs: 0 });
    throw call.failure(WeftError.from(error));
  }
}

/** Ms until the next try; when there is to be none, why it was suppressed, or undefined. */
function pauseBeforeNext(target: Target, call: Call, { reply, error }: Ending): number | 'budget' | 'server' | undefined {
  const failed = error ?? reply;
  if (!failed) return undefined;
  const nowMs = target.clock.now();
  if (error?.ambiguous) call.ambiguous = true;
  call.retry ??= createRetryState();
  const decision = decideRetry(call.retry, failed, {
    idempotent: call.idempotent,
    bodyConsumed: call.consumesBody,
    maxAttempts: call.maxAttempts,
    leftMs: call.deadlineAt - nowMs,
    retryDelayMs: call.retryDelayMs,
    nowMs,
    isElsewhereLeft: target.availability.snapshot.some((instance) => !call.skip(instance)),
    budget: target.budget,
    random: target.random,
  });
  return decision.retry ? decision.afterMs : decision.suppressed;
}
