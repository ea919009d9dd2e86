import type { RateLimitStore } from '@weft/core';
import type { ConformanceReport } from './conformance-report.js';
import { defineSuite } from './define-suite.js';
import { RateLimitBench, type RateLimitCase } from './rate-limit-bench.js';
import { decisionCases } from './rate-limit-decisions.js';
import { rateLimitEndingCases } from './rate-limit-endings.js';
import { timeCases } from './rate-limit-times.js';
import type { StoreFaults } from './store-bench.js';
import type { SuiteRunner } from './suite-runner.js';

/** A rate limit store under test. */
export interface RateLimitTarget extends StoreFaults {
  /** Opens a store on the same backend each time: two of them count together. */
  open(): RateLimitStore | Promise<RateLimitStore>;
  /** For the report; default `ratelimit`. */
  readonly name?: string;
}

const GROUPS: Readonly<Record<string, readonly RateLimitCase[]>> = {
  decisions: decisionCases,
  times: timeCases,
  'faults and the end': rateLimitEndingCases,
};

/** Every sentence of the `RateLimitStore` contract, in real time: the store's own clock cannot be turned. */
export function rateLimitSuite(runner: SuiteRunner, target: RateLimitTarget): ConformanceReport {
  const faults: StoreFaults = { restart: target.restart?.bind(target), wipe: target.wipe?.bind(target) };
  return defineSuite<RateLimitCase>(runner, {
    suite: 'ratelimit',
    subject: target.name ?? 'ratelimit',
    groups: GROUPS,
    offers: (fault) => faults[fault] !== undefined,
    async run(one) {
      const bench = new RateLimitBench(async () => target.open(), faults);
      try {
        await one.run(bench);
      } finally {
        await bench.close();
      }
    },
  });
}
