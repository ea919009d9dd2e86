import type { Outcome } from '@weft/core';

/** How a pick ends that no call was made with: nothing is to be learnt from it. */
export const UNUSED: Outcome = { result: 'ignored', durationMs: 0 };
