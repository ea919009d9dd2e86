import { type Duration, invalidOptions, parsePositiveDuration, problemsIn, schemaProblems } from '@weft/core';
import { z } from 'zod';

/** What a breaker over opossum is opened with: the words of the `circuitBreaker` block, as far as it offers them. */
export interface OpossumBreakerOptions {
  /** When it opens: by failures in a row, or by their share of the calls within `window`; `'consecutive'` unless set. */
  readonly mode?: 'consecutive' | 'rate' | undefined;
  /** Failures in a row that open it in mode `consecutive`; 5 unless set. */
  readonly threshold?: number | undefined;
  /** How far mode `rate` looks back; `'10s'` unless set. */
  readonly window?: Duration | undefined;
  /** Calls within `window` below which mode `rate` never opens it; 20 unless set. */
  readonly minCalls?: number | undefined;
  /** Share of failures that opens it in mode `rate`, above 0 to 1; 0.5 unless set. */
  readonly ratio?: number | undefined;
  /** How long it stays open, each time; `'30s'` unless set. */
  readonly timeout?: Duration | undefined;
  /** Whether it tries a probe after that time (unless set), or closes directly (false). */
  readonly halfOpen?: boolean | undefined;
  /** Calls that half-open lets through at a time: 1. */
  readonly probes?: 1 | undefined;
}

declare global {
  interface WeftDrivers {
    'breaker/opossum': OpossumBreakerOptions;
  }
}

const duration = z.custom<Duration>().superRefine((value, context) => {
  const problems = problemsIn('duration', () => parsePositiveDuration(value));
  for (const { message } of problems) context.addIssue({ code: 'custom', message });
});

/** Checks `OpossumBreakerOptions`; unknown keys, and words that only the built-in breaker offers, are issues. */
export const opossumBreakerOptions = z
  .strictObject({
    mode: z
      .enum(['consecutive', 'rate'], 'the driver "opossum" offers the modes "consecutive" and "rate"; the built-in breaker all')
      .optional(),
    threshold: z.int().positive().optional(),
    window: duration.optional(),
    minCalls: z.int().positive().optional(),
    ratio: z.number().positive().max(1).optional(),
    timeout: duration.optional(),
    halfOpen: z.boolean().optional(),
    probes: z
      .literal(1, 'the driver "opossum" lets 1 probe through at a time; the built-in breaker as many as you say')
      .optional(),
    slow: z.undefined('the driver "opossum" does not look at slow calls; the built-in breaker does').optional(),
  })
  .superRefine(({ mode, window, minCalls, ratio }, context) => {
    if (mode === 'rate') return;
    for (const [name, value] of Object.entries({ window, minCalls, ratio })) {
      if (value !== undefined) context.addIssue({ code: 'custom', path: [name], message: 'has no effect without mode: "rate"' });
    }
  });

/** @throws WEFT_CONFIG_INVALID telling all that is wrong, with paths such as `circuitBreaker.threshold` */
export function parseOpossumBreakerOptions(value: unknown): OpossumBreakerOptions {
  const result = opossumBreakerOptions.safeParse(value);
  if (result.success) return result.data;
  throw invalidOptions(schemaProblems(result.error.issues, 'circuitBreaker'));
}
