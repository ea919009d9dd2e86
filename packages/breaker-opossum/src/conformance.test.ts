import { breakerSuite, keepReport } from '@weft/conformance';
import { afterAll, describe, it } from 'vitest';
import { openOpossumBreaker, parseOpossumBreakerOptions } from './index.js';

const report = breakerSuite(
  { describe, it },
  {
    name: 'breaker-opossum',
    create: ({ clock, random: _, ...options }) => openOpossumBreaker(parseOpossumBreakerOptions(options), clock),
    supports: { countMode: false, slowCalls: false, manyProbes: false, growingOpenTime: false },
  },
);

afterAll(() => keepReport([report], new URL('..', import.meta.url)));
