import { type AmbientContext, type CacheableReply, type CacheRequest, currentContext, runInContext } from '@weft/core';
import type { Call } from './call.js';
import { checked } from './ending.js';
import { Response } from './response.js';
import { within } from './wait.js';

/** Calls by these change nothing (RFC 9110, 9.2.1). */
const SAFE: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE']);

/**
 * Answers from the cache, or by a call of its own that all share who ask for the same meanwhile: that goes on when one of
 * them stops waiting, so it has neither this caller's deadline nor its signal.
 */
export async function fromCache(call: Call, load: (flight: Call) => Promise<Response>): Promise<Response> {
  const { target, plan } = call;
  const { cache } = target;
  const request = cacheRequestOf(call);
  if (!cache || !plan.cache || call.stream || !cache.handles(request)) return load(call);
  let loaded: Response | undefined;
  const asked = cache.through(request, plan.cache, async (revalidate) => {
    loaded = await apart(call, revalidate, load);
    return cacheable(loaded);
  });
  const { reply, source } = await within(asked, call);
  if (loaded) call.records.push(...loaded.attempts);
  if (source === 'miss' && loaded) return checked(call, loaded);
  call.rule = 'cache';
  return checked(
    call,
    new Response(reply, { instance: reply.instance, attempts: call.records, degraded: source === 'stale', call }),
  );
}

/** A write makes what is kept under its path wrong, also one that failed: it may have had its effect. */
export function forgetWhatChanged(call: Call): void {
  if (!SAFE.has(call.method)) call.target.cache?.invalidate(cacheRequestOf(call));
}

/** A call as a cache looks at it. */
export function cacheRequestOf({ service, method, path, headers }: Call): CacheRequest {
  return { service, method, path, headers };
}

/** In a context of its own, which has neither the deadline nor the signal of the request that is handled. */
async function apart(call: Call, revalidate: readonly string[], load: (flight: Call) => Promise<Response>): Promise<Response> {
  const outer = currentContext();
  const own: AmbientContext = { trace: outer?.trace };
  const flight = runInContext(own, () => call.apart(flightRequest(call, revalidate), call.trace));
  try {
    return await runInContext(own, () => load(flight));
  } finally {
    if (outer && own.retriesExhausted) outer.retriesExhausted = true;
    flight.end();
  }
}

function flightRequest({ request }: Call, revalidate: readonly string[]): Call['request'] {
  const { signal, timeout, attemptTimeout, ...options } = request.options;
  const headers: Record<string, string> = { ...options.headers };
  for (let at = 0; at < revalidate.length; at += 2) headers[revalidate[at] ?? ''] = revalidate[at + 1] ?? '';
  return { ...request, options: { ...options, headers, throwOnStatus: false } };
}

function cacheable({ statusCode, headers, raw, instance }: Response): CacheableReply {
  return { status: statusCode, headers, body: raw, instance };
}
