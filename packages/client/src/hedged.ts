import { type Permit, WeftError } from '@weft/core';
import { createRetryState, type HedgedTry, hedge, isRetryableStatus } from '@weft/resilience';
import type { Call } from './call.js';
import { type Ending, outOfTime } from './ending.js';
import type { PlannedHedge } from './plan.js';
import type { Try } from './try.js';

/** Makes the next try of a call. */
type Begin = (call: Call, permit: Permit | undefined, nowMs: number) => Try | undefined;

/** Sends a try, and others beside it when it is slow; gives the first good ending, else the last. Never rejects. */
export async function hedged(call: Call, plan: PlannedHedge, first: Try, begin: Begin): Promise<Ending> {
  const { target } = call;
  const made: Try[] = [];
  const race = hedge<Ending>(
    (n) => {
      const attempt = n === 0 ? first : another(call, begin);
      made.push(attempt);
      return { result: sent(call, attempt), cancel: (reason) => end(attempt, reason) };
    },
    {
      idempotent: true,
      delayMs: plan.delayMs ?? plan.latency.value,
      maxTries: plan.maxTries,
      budget: target.budget,
      isGood,
      clock: target.clock,
    },
  );
  call.current = { end: (error) => race.cancel(error) };
  const ending = await endOf(race, first);
  call.current = ending.attempt;
  // What was answered well tells how long answers take, and so does one that was overtaken: it would have taken longer.
  if (isGood(ending)) plan.latency.add(target.clock.now() - first.startedAt);
  for (const attempt of made) if (attempt !== ending.attempt) attempt.discard();
  return ending;
}

async function endOf(race: HedgedTry<Ending>, attempt: Try): Promise<Ending> {
  try {
    return await race.result;
  } catch (error) {
    return { attempt, reply: undefined, error: WeftError.from(error) };
  }
}

/** Ends a try that is not waited for any more. */
function end(attempt: Try, reason: WeftError): void {
  attempt.end(reason);
  try {
    attempt.finish(undefined, reason);
  } catch {
    // A balancer of the user's own: it must not keep the call from its end.
  }
}

/** @throws WEFT_NO_INSTANCE WEFT_BREAKER_OPEN: then there is no further one */
function another(call: Call, begin: Begin): Try {
  const { breaker, clock } = call.target;
  const permit = breaker?.tryEnter();
  const attempt = breaker && !permit ? undefined : begin(call, permit, clock.now());
  if (!attempt) throw new WeftError('WEFT_BREAKER_OPEN', 'no place for a further try');
  call.retry ??= createRetryState();
  call.retry.attempts++;
  return attempt;
}

async function sent(call: Call, attempt: Try): Promise<Ending> {
  let ending: Ending;
  try {
    const reply = await call.target.send(attempt);
    const error = outOfTime(reply, attempt);
    ending = { attempt, reply: error ? undefined : reply, error };
  } catch (cause) {
    ending = { attempt, reply: undefined, error: WeftError.from(cause) };
  }
  attempt.finish(ending.reply, ending.error);
  return ending;
}

function isGood({ reply }: Ending): boolean {
  return reply !== undefined && !isRetryableStatus(reply.status);
}
