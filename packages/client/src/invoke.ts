import type { Call } from './call.js';
import { isFailure, standIn } from './degrade.js';
import { enterBulkhead } from './enter-bulkhead.js';
import { forgetWhatChanged, fromCache } from './from-cache.js';
import type { Response } from './response.js';
import { takeFromLimit } from './take-from-limit.js';
import { tries } from './tries.js';

/** Statuses from here on are errors. */
const FIRST_ERROR_STATUS = 400;

/**
 * The way of a call, in the order that makes it right:
 * fallback > cache > rate limit > bulkhead > tries, and a copy for the shadow version that nobody waits for.
 * A fallback sees every refusal; what the cache answers costs neither a token nor a place; who may not call takes no place.
 * The deadline was set when the call began, and holds for all of it. At its end the call is over, unless its body is still read.
 */
export function invoke(call: Call): Promise<Response> {
  return call.plan.isGoverned ? governed(call) : tries(call, call.startedAt);
}

async function governed(call: Call): Promise<Response> {
  try {
    if (call.cancelled) throw call.failure(call.cancelled, 'cancelled');
    let response: Response;
    try {
      response = await (call.plan.cache ? fromCache(call, limited) : limited(call));
    } catch (error) {
      response = await standIn(call, error);
    }
    return isFailure(response, call) ? await standIn(call, response) : response;
  } finally {
    if (!call.isRead) call.end();
  }
}

async function limited(call: Call): Promise<Response> {
  const { limit, bulkhead, mirror } = call.plan;
  const taking = limit && takeFromLimit(call, limit);
  if (taking) await taking;
  const entering = bulkhead && enterBulkhead(call, bulkhead);
  if (entering) await entering;
  try {
    const response = await tries(call, taking || entering ? call.target.clock.now() : call.startedAt);
    if (mirror && isGood(response)) call.target.shadow.copy(call, mirror);
    return response;
  } finally {
    forgetWhatChanged(call);
    if (!call.isRead) call.leave();
  }
}

/** Only what the service could do is worth doing again elsewhere. */
function isGood({ statusCode }: Response): boolean {
  return statusCode < FIRST_ERROR_STATUS;
}
