import type { ConformanceReport } from './conformance-report.js';
import type { SuiteRunner } from './suite-runner.js';

/**
 * Runs a suite without a test runner, one sentence after the other, and resolves to its report when all have run.
 * @param declare such as `(runner) => registrySuite(runner, { open })`
 */
export async function runSuite(declare: (runner: SuiteRunner) => ConformanceReport): Promise<ConformanceReport> {
  const tests: (() => Promise<void>)[] = [];
  const report = declare({ describe: (_, define) => define(), it: (_, run) => tests.push(run) });
  for (const test of tests) await test().catch(() => {});
  return report;
}
