import { type AttemptRecord, type CircuitBreaker, REDACTED, type ServiceInstance, WeftError } from '@weft/core';
import { type Call, type ReplacedFailure, withoutQuery } from './call.js';
import { callOf } from './call-of.js';
import type { CallRequest } from './call-request.js';
import type { CallRule, CallScene } from './call-scene.js';
import { Response } from './response.js';
import { unsentRequestOf } from './unsent-request.js';

/** One instance that a call could have gone to. */
export interface Candidate {
  /** Its id. */
  readonly instance: string;
  /** Version of its service. */
  readonly version: string;
  /** `host:port`. */
  readonly address: string;
  /** Tries of this call that went there. */
  readonly tries: number;
  /** Why it could not be picked; undefined when it could. */
  readonly skipped?: string;
}

/** A failure, and why it was one. */
export interface FailureExplanation {
  /** Which rule had the last word about it. */
  readonly rule: CallRule;
  /** The same in words. */
  readonly because: string;
  /** Its code. */
  readonly code: string;
  /** What it says. */
  readonly message: string;
}

/** What became of a call, and why. What never became one has no policies, no candidates, no time and no breaker. */
export interface CallExplanation {
  /** Method, service and path. */
  readonly call: string;
  /** Which rule had the last word. */
  readonly rule: CallRule;
  /** The same in words. */
  readonly because: string;
  /** Keys of the policies that governed it, the narrowest first. */
  readonly policies: readonly string[];
  /** Every instance that discovery knew, as things stood when it ended (of an answered call: when asked). */
  readonly candidates: readonly Candidate[];
  /** Every try, oldest first. */
  readonly attempts: readonly AttemptRecord[];
  /** Time it had, in whole ms; Infinity without a limit. */
  readonly timeoutMs: number;
  /** Time it took, in ms; undefined for an answered call. */
  readonly durationMs?: number;
  /** State of the service's breaker. */
  readonly breaker: CircuitBreaker['state'] | 'none';
  /** Retries that the service's budget still had, rounded down. */
  readonly budgetLeft: number;
  /** Status of the answer. */
  readonly status?: number;
  /** Code of the failure. */
  readonly code?: string;
  /** What had failed, of a call that its fallback has answered. */
  readonly failed?: FailureExplanation;
}

const IN_WORDS: Readonly<Record<CallRule, string>> = {
  answered: 'the service answered',
  cache: 'the cache had the answer, or somebody else was just asking for it',
  fallback: 'the call failed and its fallback answered',
  'rate-limit': 'its rate limit was used up; nothing was sent',
  bulkhead: 'its bulkhead was full; nothing was sent',
  breaker: 'the breaker of the service was open',
  'no-instance': 'there was no instance to call',
  cancelled: 'it was ended from outside: by its caller, with the request that made it, or because the client was closed',
  closed: 'the client was closed before; nothing was sent',
  invalid: 'it could not be made as it was asked for; nothing was sent',
  time: 'its time was up',
  body: 'its body was a stream, which cannot be sent again',
  final: 'such an outcome is never repeated',
  'not-idempotent':
    'it may have had its effect, and repeating it could have it twice: it is not idempotent and the service remembers no keys',
  attempts: 'all tries that it was allowed were used up',
  'nobody-else': 'no other instance was left that it may go to',
  pause: 'the service asked for a pause that lasts past the deadline',
  budget: 'the retry budget of the service was spent',
  server: 'the service said not to retry: it had retried itself',
};

const NOT_PICKED = 'the balancer picks it for no call: see the filter, split, weights and zone of its options';

/**
 * Tells what became of a call: who could have been called and why not, what was tried, and which rule decided.
 * @param ended the error or the answer that it ended with
 * @throws WEFT_INVALID_ARGUMENT when that did not come from a client of this process
 */
export function explain(ended: unknown): CallExplanation {
  const call = callOf(ended);
  if (call) return explainCall(call, ended);
  const request = ended instanceof WeftError ? unsentRequestOf(ended) : undefined;
  if (request) return explainUnsent(request, (ended as WeftError).code);
  throw new WeftError('WEFT_INVALID_ARGUMENT', 'explain() takes an error or a response of a call that a client made');
}

function explainCall(call: Call, ended: unknown): CallExplanation {
  const scene = ended instanceof Response ? call.target.scene() : (call.scene ?? call.target.scene());
  return {
    call: `${call}`,
    rule: call.rule,
    because: IN_WORDS[call.rule],
    policies: call.plan.policies,
    candidates: scene.instances.map((instance) => candidate(instance, scene, call)),
    attempts: [...call.records],
    timeoutMs: Math.round(call.deadlineAt - call.startedAt),
    ...(ended instanceof Response ? { status: ended.statusCode } : { durationMs: scene.atMs - call.startedAt }),
    ...(ended instanceof WeftError && { code: ended.code }),
    breaker: scene.breaker ?? 'none',
    budgetLeft: scene.budgetLeft,
    ...(call.rule === 'fallback' && call.replaced && { failed: explainFailure(call.replaced) }),
  };
}

function explainFailure({ rule, error: { code, message } }: ReplacedFailure): FailureExplanation {
  return { rule, because: IN_WORDS[rule], code, message };
}

/** A request that never became a call. What is no path of ours may be an address with a password in it. */
function explainUnsent({ method, service, path }: CallRequest, code: string): CallExplanation {
  const rule = code === 'WEFT_CLOSED' ? 'closed' : 'invalid';
  const shown = /^\/(?![/\\])/.test(path) ? withoutQuery(path) : ` ${REDACTED}`;
  const nothing = {
    policies: [],
    candidates: [],
    attempts: [],
    timeoutMs: 0,
    durationMs: 0,
    breaker: 'none',
    budgetLeft: 0,
  } as const;
  return { call: `${method} ${service}${shown}`, rule, because: IN_WORDS[rule], ...nothing, code };
}

function candidate(instance: ServiceInstance, scene: CallScene, call: Call): Candidate {
  const skipped = whySkipped(instance, scene, call);
  return {
    instance: instance.id,
    version: instance.version,
    address: `${instance.host}:${instance.endpoints[0].port}`,
    tries: call.records.filter((attempt) => attempt.instance === instance.id).length,
    ...(skipped && { skipped }),
  };
}

/** States change: for one that is back by now it can only be said that it was out. */
function whySkipped(
  { id, status, endpoints }: ServiceInstance,
  { available }: CallScene,
  { target, rule, replaced }: Call,
): string | undefined {
  const decided = rule === 'fallback' ? replaced?.rule : rule;
  if (status !== 'up') return `its record says ${status}`;
  if (available.some((handle) => handle.id === id)) return decided === 'no-instance' ? NOT_PICKED : undefined;
  const known = target.availability.stats().find((one) => one.id === id);
  if (!known) return `no transport of this client speaks ${endpoints.map(({ protocol }) => protocol).join(', ')}`;
  const { state, failures } = known;
  if (state === 'up') return 'it was out then, and is back';
  return `it is held to be ${state} after ${failures} failure${failures === 1 ? '' : 's'} in a row`;
}
