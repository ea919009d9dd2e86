import { SkipReasons } from './skip-reasons.mjs';

/** @import { Reporter, TestCase } from 'vitest/node' */

/**
 * A vitest reporter that ends the run's output: a line for each reason why tests were skipped, and as the very last one
 * `tests: N passed, N failed, N skipped`.
 * What failed without being a test (a file that cannot be imported, a hook of a suite, an unhandled error) counts as failed.
 * @implements {Reporter}
 */
export class ClosingLineReporter {
  #lines = ['tests: 0 passed, 0 failed, 0 skipped'];

  /** At the exit of the process, because vitest and other reporters write after the end of the run. */
  onInit() {
    process.once('exit', () => process.stdout.write(`${this.#lines.join('\n')}\n`));
  }

  /** @type {NonNullable<Reporter['onTestRunEnd']>} */
  onTestRunEnd(modules, unhandledErrors) {
    const count = { passed: 0, failed: unhandledErrors.length, skipped: 0 };
    const reasons = new SkipReasons();
    for (const module of modules) {
      count.failed += [module, ...module.children.allSuites()].filter((suite) => suite.errors().length > 0).length;
      for (const test of module.children.allTests()) {
        const outcome = outcomeOf(test);
        count[outcome]++;
        if (outcome === 'skipped') reasons.add(test);
      }
    }
    this.#lines = [...reasons.lines(), `tests: ${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`];
  }
}

/**
 * What has not run counts as failed, unless its group was skipped: vitest leaves the tests of a skip within a skip undecided.
 * @param {TestCase} test
 */
function outcomeOf(test) {
  const { state } = test.result();
  if (state !== 'pending') return state;
  return test.parent.state() === 'skipped' ? 'skipped' : 'failed';
}
