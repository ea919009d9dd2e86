import { type AttemptRecord, type CircuitBreaker, type ServiceInstance, WeftError } from '@weft/core';
import { Call } from './call.js';
import type { CallRule, CallScene } from './call-scene.js';
import { Response } from './response.js';

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

/** What became of a call, and why. */
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
  /** Time it had, in ms; Infinity without a limit. */
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

/**
 * Tells what became of a call: who could have been called and why not, what was tried, and which rule decided.
 * @param ended the error or the answer that it ended with
 * @throws WEFT_INVALID_ARGUMENT when that did not come from a client of this process
 */
export function explain(ended: unknown): CallExplanation {
  const call = callOf(ended);
  if (!call) throw new WeftError('WEFT_INVALID_ARGUMENT', 'explain() takes an error or a response of a call that a client made');
  const scene = ended instanceof Response ? call.target.scene() : (call.scene ?? call.target.scene());
  return {
    call: `${call}`,
    rule: call.rule,
    because: IN_WORDS[call.rule],
    policies: call.plan.policies,
    candidates: scene.instances.map((instance) => candidate(instance, scene, call)),
    attempts: [...call.records],
    timeoutMs: call.deadlineAt - call.startedAt,
    ...(ended instanceof Response ? { status: ended.statusCode } : { durationMs: scene.atMs - call.startedAt }),
    ...(ended instanceof WeftError && { code: ended.code }),
    breaker: scene.breaker ?? 'none',
    budgetLeft: scene.budgetLeft,
  };
}

function callOf(ended: unknown): Call | undefined {
  // Who waited for the same call as others has an error of its own, and that of the call as its cause.
  if (ended instanceof WeftError) return Call.of(ended) ?? (ended.cause instanceof WeftError ? Call.of(ended.cause) : undefined);
  const call = ended instanceof Response ? Response.callOf(ended) : undefined;
  return call instanceof Call ? call : undefined;
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
function whySkipped({ id, status, endpoints }: ServiceInstance, { available }: CallScene, { target }: Call): string | undefined {
  if (status !== 'up') return `its record says ${status}`;
  if (available.some((handle) => handle.id === id)) return undefined;
  const known = target.availability.stats().find((one) => one.id === id);
  if (!known) return `no transport of this client speaks ${endpoints.map(({ protocol }) => protocol).join(', ')}`;
  const { state, failures } = known;
  if (state === 'up') return 'it was out then, and is back';
  return `it is held to be ${state} after ${failures} failure${failures === 1 ? '' : 's'} in a row`;
}
