import type { IdempotencyStore } from '@weft/core';
import type { ConformanceReport } from './conformance-report.js';
import { defineSuite } from './define-suite.js';
import { answerCases } from './idempotency-answers.js';
import { IdempotencyBench, type IdempotencyCase } from './idempotency-bench.js';
import { claimCases } from './idempotency-claims.js';
import { idempotencyEndingCases } from './idempotency-endings.js';
import type { StoreFaults } from './store-bench.js';
import type { SuiteRunner } from './suite-runner.js';

/** An idempotency store under test. */
export interface IdempotencyTarget extends StoreFaults {
  /** Opens a store on the same backend each time: two of them see each other's keys. */
  open(): IdempotencyStore | Promise<IdempotencyStore>;
  /** For the report; default `idempotency`. */
  readonly name?: string;
}

const GROUPS: Readonly<Record<string, readonly IdempotencyCase[]>> = {
  claims: claimCases,
  answers: answerCases,
  'faults and the end': idempotencyEndingCases,
};

/** Every sentence of the `IdempotencyStore` contract, in real time: the store's own clock cannot be turned. */
export function idempotencySuite(runner: SuiteRunner, target: IdempotencyTarget): ConformanceReport {
  const faults: StoreFaults = { restart: target.restart?.bind(target), wipe: target.wipe?.bind(target) };
  return defineSuite<IdempotencyCase>(runner, {
    suite: 'idempotency',
    subject: target.name ?? 'idempotency',
    groups: GROUPS,
    offers: (fault) => faults[fault] !== undefined,
    async run(one) {
      const bench = new IdempotencyBench(async () => target.open(), faults);
      try {
        await one.run(bench);
      } finally {
        await bench.close();
      }
    },
  });
}
