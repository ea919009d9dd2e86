/** @import { Reporter } from 'vitest/node' */

/**
 * A vitest reporter whose only output is the last line of the run: `tests: N passed, N failed, N skipped`.
 * What failed without being a test (a file that cannot be imported, a hook of a suite, an unhandled error) counts as failed.
 * @implements {Reporter}
 */
export class ClosingLineReporter {
  #line = 'tests: 0 passed, 0 failed, 0 skipped';

  /** At the exit of the process, because vitest and other reporters write after the end of the run. */
  onInit() {
    process.once('exit', () => process.stdout.write(`${this.#line}\n`));
  }

  /** @type {NonNullable<Reporter['onTestRunEnd']>} */
  onTestRunEnd(modules, unhandledErrors) {
    const count = { passed: 0, failed: unhandledErrors.length, skipped: 0 };
    for (const module of modules) {
      count.failed += [module, ...module.children.allSuites()].filter((suite) => suite.errors().length > 0).length;
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        count[state === 'pending' ? 'failed' : state]++;
      }
    }
    this.#line = `tests: ${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`;
  }
}
