import { type Reply, type ServiceInstance, WeftError } from '@weft/core';
import { type Fallback, fallback } from '@weft/resilience';
import type { Call } from './call.js';
import { callOf } from './call-of.js';
import type { CallRequest } from './call-request.js';
import { cacheRequestOf } from './from-cache.js';
import type { FallbackPolicy } from './policy.js';
import { Response } from './response.js';
import { within } from './wait.js';

const FAILING_STATUS = 500;

/** Whether an answer is one that a fallback may stand for. */
export function isFailure({ statusCode }: Response, { plan }: Call): boolean {
  return statusCode >= FAILING_STATUS && plan.fallbacks.length > 0;
}

/**
 * Answers in place of what failed, as its policy says; the answer tells so: `degraded`.
 * @throws what failed, when nothing may or can stand for it; an answer that failed is given then
 */
export async function standIn(call: Call, failed: unknown): Promise<Response> {
  const isWanted = call.plan.fallbacks.length > 0 && !call.cancelled && !isAnswerToKeep(failed);
  // Most calls that need one are out of time: only who gives the call up ends the making of it.
  const answer = isWanted ? await within(firstAnswer(call, failed), call, Number.POSITIVE_INFINITY) : undefined;
  if (!answer) {
    if (failed instanceof Response) return failed;
    throw failed;
  }
  if (call.isRead) call.current?.end(new WeftError('WEFT_CANCELLED', 'a fallback has answered'));
  call.rule = 'fallback';
  return answer;
}

/** Of the fallbacks of a call; undefined when none has one. */
async function firstAnswer(call: Call, failed: unknown): Promise<Response | undefined> {
  const failure = failed instanceof Response ? failureOf(call, failed) : WeftError.from(failed);
  call.replaced = { rule: (callOf(failed) ?? call).rule, error: failure };
  // The tries of a call that was made for the cache are told by what it failed with.
  if (call.records.length === 0) call.records.push(...failure.attempts);
  const fallbacks = call.plan.fallbacks.map((one) => fallbackOf(one, call));
  try {
    return (await fallback(failure, call.request, fallbacks)).answer;
  } catch {
    return undefined;
  }
}

/** A 4xx that the call asked to have as an error is what the service has to say. */
function isAnswerToKeep(failed: unknown): boolean {
  if (!(failed instanceof WeftError) || failed.code !== 'WEFT_HTTP_STATUS') return false;
  return failed.cause instanceof Response && failed.cause.statusCode < FAILING_STATUS;
}

function failureOf(call: Call, response: Response): WeftError {
  const message = `answered ${response.statusCode}`;
  return call.failure(new WeftError('WEFT_HTTP_STATUS', message, { cause: response }), call.rule);
}

function fallbackOf(policy: FallbackPolicy, call: Call): Fallback<CallRequest, Response> {
  if (policy === 'stale') return { stale: () => staleAnswer(call) };
  if (typeof policy !== 'function') return { run: () => degraded(call, replyOf(policy.value, policy.status)) };
  return { run: async (failure, request) => degraded(call, replyOf(await policy(failure, request))) };
}

function staleAnswer(call: Call): Response | undefined {
  const stale = call.target.cache?.stale(cacheRequestOf(call));
  return stale && degraded(call, stale, stale.instance);
}

function degraded(call: Call, reply: Reply, instance = nobody(call.service)): Response {
  return new Response(reply, { instance, attempts: call.records, degraded: true, call });
}

function replyOf(value: unknown, status = 200): Reply {
  if (value === undefined) return { status, headers: {} };
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(value) };
}

/** Who answers when no instance does. */
function nobody(name: string): ServiceInstance {
  const endpoints = [{ protocol: 'none', port: 1 }] as const;
  return {
    id: 'fallback',
    name,
    version: '',
    host: '',
    endpoints,
    status: 'up',
    incarnation: '',
    weight: 0,
    tags: [],
    metadata: {},
  };
}
