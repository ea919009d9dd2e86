import type { ErrorCode, WeftError } from '@weft/core';

/** One thing to answer with when a call has failed. */
export type Fallback<Request, Answer> =
  /** Always the same. */
  | { readonly value: Answer }
  /** Made when it is needed. When it throws, the next one is tried. */
  | { readonly run: (failure: WeftError, request: Request) => Answer | Promise<Answer> }
  /** What was answered before, of a cache; undefined when it has nothing, then the next one is tried. */
  | { readonly stale: (request: Request) => Answer | undefined | Promise<Answer | undefined> };

/** An answer that did not come from the service. */
export interface Degraded<Answer> {
  /** What a reply says of it. */
  readonly degraded: true;
  /** What made it. */
  readonly source: 'value' | 'run' | 'stale';
  readonly answer: Answer;
  /** Why it was needed. */
  readonly failure: WeftError;
}

/** Failures that are the caller's own: another answer would hide a mistake, or come to nobody. */
const NEVER: ReadonlySet<ErrorCode> = new Set([
  'WEFT_CANCELLED',
  'WEFT_CLOSED',
  'WEFT_INVALID_ARGUMENT',
  'WEFT_CONFIG_INVALID',
  'WEFT_UNAUTHENTICATED',
  'WEFT_PERMISSION_DENIED',
]);

/** Whether a failure may be answered with something else: not what the caller did itself, and not what it may not see. */
export function mayFallBack(failure: WeftError): boolean {
  return !NEVER.has(failure.code);
}

/**
 * Answers a failed call with the first of the fallbacks that has an answer. Costs nothing until a call fails.
 * @throws the failure itself when none has one, or when it is one that nothing may stand for (`mayFallBack`)
 */
export async function fallback<Request, Answer>(
  failure: WeftError,
  request: Request,
  fallbacks: readonly Fallback<Request, Answer>[],
): Promise<Degraded<Answer>> {
  if (!mayFallBack(failure)) throw failure;
  for (const one of fallbacks) {
    const degraded = await answerOf(one, failure, request);
    if (degraded) return degraded;
  }
  throw failure;
}

async function answerOf<Request, Answer>(
  one: Fallback<Request, Answer>,
  failure: WeftError,
  request: Request,
): Promise<Degraded<Answer> | undefined> {
  const degraded = { degraded: true, failure } as const;
  try {
    if ('value' in one) return { ...degraded, source: 'value', answer: one.value };
    if ('run' in one) return { ...degraded, source: 'run', answer: await one.run(failure, request) };
    const answer = await one.stale(request);
    return answer === undefined ? undefined : { ...degraded, source: 'stale', answer };
  } catch {
    // The caller is better served with why the call failed than with why its replacement did.
    return undefined;
  }
}
