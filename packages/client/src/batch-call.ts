import {
  type AmbientContext,
  type Clock,
  currentContext,
  type Duration,
  invalidOption,
  runInContext,
  systemClock,
  WeftError,
} from '@weft/core';
import type { CallOptions } from './call-options.js';
import type { Response } from './response.js';
import { parseTimeout } from './settings.js';

/** Makes one call, as `client.call` does. */
export type CallFunction = (method: string, path: string, body?: unknown, options?: CallOptions | null) => Promise<Response>;

/** One call of many. */
export interface BatchRequest {
  readonly method: string;
  /** Path and query below the service. */
  readonly path: string;
  readonly body?: unknown;
  readonly options?: CallOptions | null;
}

/** What became of one call: its answer, of whatever status, or why there is none. */
export type BatchResult = { readonly ok: true; readonly value: Response } | { readonly ok: false; readonly error: WeftError };

/** How many calls are made. */
export interface BatchOptions {
  /** Calls at once; the next ones begin when all of these have ended. 10 unless set. */
  readonly batchSize?: number;
  /** Time for each batch: what has no answer by then ends with WEFT_DEADLINE_EXCEEDED. Only the calls' own limits unless set. */
  readonly batchTimeout?: Duration | false;
  /** Reject with the first error, cancel what is under way and begin no more. Default false. */
  readonly failFast?: boolean;
}

/**
 * Makes many calls, a batch at a time, and resolves to what became of each, in the order of the requests. An error is the
 * error of its own call only, also that of a request that cannot be sent.
 * @param clock the client's
 * @throws WEFT_CONFIG_INVALID for options that cannot be
 * @throws with `failFast`: the first error
 */
export async function batchCall(
  call: CallFunction,
  requests: readonly BatchRequest[],
  { batchSize = 10, batchTimeout = false, failFast = false }: BatchOptions = {},
  clock: Clock = systemClock,
): Promise<BatchResult[]> {
  assertSize(batchSize);
  const batchTimeoutMs = parseTimeout(batchTimeout, 'batch.batchTimeout');
  const perform = failFast ? failingFast(call) : settling(call);
  const results: BatchResult[] = [];
  for (let at = 0; at < requests.length; at += batchSize) {
    const batch = requests.slice(at, at + batchSize);
    for (const result of await within(batchTimeoutMs, clock, () => Promise.all(batch.map(perform)))) results.push(result);
  }
  return results;
}

/** Calls inherit the limit as they do that of a request: each keeps its own when that is the shorter one. */
function within<T>(ms: number, clock: Clock, run: () => T): T {
  return ms === Number.POSITIVE_INFINITY ? run() : runInContext(contextUntil(clock.now() + ms), run);
}

function contextUntil(deadlineAt: number): AmbientContext {
  const outer: AmbientContext = currentContext() ?? {};
  return {
    deadlineAt: Math.min(deadlineAt, outer.deadlineAt ?? Number.POSITIVE_INFINITY),
    get signal() {
      return outer.signal;
    },
    trace: outer.trace,
    get retriesExhausted() {
      return outer.retriesExhausted ?? false;
    },
    set retriesExhausted(value) {
      outer.retriesExhausted = value;
    },
  };
}

function settling(call: CallFunction): (request: BatchRequest) => Promise<BatchResult> {
  return async ({ method, path, body, options }) => {
    try {
      return { ok: true, value: await call(method, path, body, options) };
    } catch (error) {
      return { ok: false, error: WeftError.from(error) };
    }
  };
}

function failingFast(call: CallFunction): (request: BatchRequest) => Promise<BatchResult> {
  const controller = new AbortController();
  return async ({ method, path, body, options }) => {
    const signal = options?.signal ? AbortSignal.any([options.signal, controller.signal]) : controller.signal;
    try {
      return { ok: true, value: await call(method, path, body, { ...options, signal }) };
    } catch (error) {
      controller.abort();
      throw error;
    }
  };
}

function assertSize(batchSize: number): void {
  if (Number.isInteger(batchSize) && batchSize >= 1) return;
  throw invalidOption('batch.batchSize', `expected a whole number from 1, found ${batchSize}`);
}
