import { currentContext, type Reply, WeftError, withoutStack } from '@weft/core';
import type { Call } from './call.js';
import type { CallRule } from './call-scene.js';
import { Response } from './response.js';
import { isPieces, streamUntil } from './stream-until.js';
import type { Try } from './try.js';

/** How late our own wheel may tell a deadline, in ms. */
const DEADLINE_LAG_MS = 25;

/** How the last try of a call ended, when that was no good answer. */
export interface Ending {
  readonly attempt: Try;
  readonly reply: Reply | undefined;
  readonly error: WeftError | undefined;
}

/** A service that was told our deadline may say first that it has passed: that is our timeout, not an answer. */
export function outOfTime(reply: Reply | undefined, attempt: Try): WeftError | undefined {
  if (reply?.status !== 504 || attempt.endAt - attempt.target.clock.now() > DEADLINE_LAG_MS) return undefined;
  const message = 'the service had no answer within the time that the try had';
  return new WeftError('WEFT_DEADLINE_EXCEEDED', message, { failure: 'timeout', ambiguous: true });
}

/** Hands an answer over. @throws WEFT_HTTP_STATUS when the call asked for that */
export function answer(call: Call, attempt: Try, reply: Reply, because: CallRule = 'answered'): Response {
  const read = call.stream ? handOver(call, attempt, reply) : reply;
  const retriesSuppressed = suppressedBy(because);
  call.rule = because;
  return checked(call, new Response(read, { instance: attempt.instance, attempts: call.records, retriesSuppressed, call }));
}

/** @throws WEFT_HTTP_STATUS for an error status when the call asked for that */
export function checked(call: Call, response: Response): Response {
  const { statusCode, retriesSuppressed } = response;
  if (!call.throwOnStatus || statusCode < 400) return response;
  const error = new WeftError('WEFT_HTTP_STATUS', `answered ${statusCode}`, { cause: response });
  throw call.failure(error, call.rule, retriesSuppressed);
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
export function giveUp(call: Call, { attempt, reply, error }: Ending, because: CallRule): Response {
  const ambient = currentContext();
  if (ambient && call.records.length > 1) ambient.retriesExhausted = true;
  if (reply) return answer(call, attempt, reply, because);
  attempt.discard();
  throw call.failure(error ?? new WeftError('WEFT_UNAVAILABLE', 'no answer'), because, suppressedBy(because));
}

function suppressedBy(because: CallRule): 'budget' | 'server' | undefined {
  return because === 'budget' || because === 'server' ? because : undefined;
}

/** @throws WEFT_DEADLINE_EXCEEDED: nothing is sent that nobody waits for */
export function refusedAsLate(call: Call): never {
  throw call.failure(new WeftError('WEFT_DEADLINE_EXCEEDED', 'the time was up before a try could be made'), 'time');
}

/** @throws WEFT_BREAKER_OPEN */
export function refusedBy(call: Call): never {
  const message = `the breaker of ${call.service} is open: too many of its last calls failed`;
  throw withoutStack(() => call.failure(new WeftError('WEFT_BREAKER_OPEN', message), 'breaker'));
}
