import { AsyncLocalStorage } from 'node:async_hooks';
import type { TraceContext } from './tracing.js';

/** What calls made while a request is handled inherit from it. Entered once per inbound request. */
export interface AmbientContext {
  /** Instant on the process's monotonic clock by which the caller stops waiting. */
  readonly deadlineAt?: number | undefined;
  /** Fires when the caller has gone, cancelled, or its time is up. Reading it may create it. */
  readonly signal?: AbortSignal | undefined;
  /** Position in the trace of the request. */
  readonly trace?: TraceContext | undefined;
  /** Set by a client that gave up after its own retries: the answer then tells callers not to retry again. */
  retriesExhausted?: boolean;
}

const key = Symbol.for('weft.ambient-context');
const shared = globalThis as typeof globalThis & { [key]?: AsyncLocalStorage<AmbientContext> };
shared[key] ??= new AsyncLocalStorage<AmbientContext>();
const storage = shared[key];

/** The context of the request that is being handled, if there is one. */
export function currentContext(): AmbientContext | undefined {
  return storage.getStore();
}

/** Runs `run`, and all it awaits, within `context`. */
export function runInContext<T>(context: AmbientContext, run: () => T): T {
  return storage.run(context, run);
}
