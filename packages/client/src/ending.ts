import { currentContext, type Reply, WeftError, withoutStack } from '@weft/core';
import type { Call } from './call.js';
import { Response } from './response.js';
import { isPieces, streamUntil } from './stream-until.js';
import type { Target } from './target.js';
import type { Try } from './try.js';

/** How late our own wheel may tell a deadline, in ms. */
const DEADLINE_LAG_MS = 25;

/** How the last try of a call ended, when that was no good answer. */
export interface Ending {
  readonly attempt: Try;
  readonly reply: Reply | undefined;
  readonly error: WeftError | undefined;
  /** Why no further try was made although one was left. */
  readonly suppressed?: 'budget' | 'server' | undefined;
}

/** A service that was told our deadline may say first that it has passed: that is our timeout, not an answer. */
export function outOfTime(reply: Reply | undefined, call: Call, target: Target): WeftError | undefined {
  if (reply?.status !== 504 || call.deadlineAt - target.clock.now() > DEADLINE_LAG_MS) return undefined;
  const message = 'the service had no answer within the call’s timeout';
  return new WeftError('WEFT_DEADLINE_EXCEEDED', message, { failure: 'timeout', ambiguous: true });
}

/** Hands an answer over. @throws WEFT_HTTP_STATUS when the call asked for that */
export function answer(call: Call, attempt: Try, reply: Reply, retriesSuppressed?: 'budget' | 'server'): Response {
  const read = call.stream ? handOver(call, attempt, reply) : reply;
  const response = new Response(read, { instance: attempt.instance, attempts: call.records, retriesSuppressed });
  if (!call.throwOnStatus || reply.status < 400) return response;
  throw call.failure(new WeftError('WEFT_HTTP_STATUS', `answered ${reply.status}`, { cause: response }), retriesSuppressed);
}

/** Only a body that comes in pieces has to be read before the call is over. */
function handOver(call: Call, attempt: Try, { status, headers, body }: Reply): Reply {
  if (!isPieces(body)) return { status, headers, body };
  call.isRead = true;
  attempt.handOver();
  return streamUntil({ status, headers, body }, attempt, () => call.end());
}

/** Lets go of an ending because another try is made. What it said can still be told, a streamed body cannot be read any more. */
export function letGo(call: Call, ending: Ending): Ending {
  const { attempt, reply } = ending;
  attempt.discard();
  call.current = undefined;
  return call.stream && reply ? { ...ending, reply: { status: reply.status, headers: reply.headers } } : ending;
}

/**
 * The last real failure, as an answer when there was one. A service that has retried in vain tells its callers not to.
 * @throws what the call failed with
 */
export function giveUp(call: Call, { attempt, reply, error, suppressed }: Ending): Response {
  const ambient = currentContext();
  if (ambient && call.records.length > 1) ambient.retriesExhausted = true;
  if (reply) return answer(call, attempt, reply, suppressed);
  attempt.discard();
  throw call.failure(error ?? new WeftError('WEFT_UNAVAILABLE', 'no answer'), suppressed);
}

/** @throws WEFT_DEADLINE_EXCEEDED: nothing is sent that nobody waits for */
export function refusedAsLate(call: Call): never {
  throw call.failure(new WeftError('WEFT_DEADLINE_EXCEEDED', 'the time was up before a try could be made'));
}

/** @throws WEFT_BREAKER_OPEN */
export function refusedBy({ service }: Target, call: Call): never {
  const message = `the breaker of ${service} is open: too many of its last calls failed`;
  throw withoutStack(() => call.failure(new WeftError('WEFT_BREAKER_OPEN', message)));
}
