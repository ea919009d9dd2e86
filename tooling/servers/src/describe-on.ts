import { findServer } from './find-server.js';
import type { ServerName } from './server-name.js';

/** A test runner's function that groups tests, such as vitest's `describe`. */
export interface DescribeFunction {
  /** Groups tests that run. */
  (title: string, define: () => void): unknown;
  /** Groups tests that are skipped, and counted. */
  readonly skip: (title: string, define: () => void) => unknown;
}

/**
 * A `describe` for tests that need a server. Without it they are skipped, and the title ends in the reason, from where the
 * reporter of the test run takes it. May stand wherever a `describe` is asked for: of nested groups only the outermost is
 * marked, because vitest leaves the tests of a skip within a skip undecided.
 */
export function describeOn(name: ServerName, describe: DescribeFunction): (title: string, define: () => void) => unknown {
  const found = findServer(name);
  if (!('missing' in found)) return (title, define) => describe(title, define);
  let isInside = false;
  return (title, define) => {
    if (isInside) return describe(title, define);
    return describe.skip(`${title}: ${found.missing}`, () => {
      isInside = true;
      try {
        define();
      } finally {
        isInside = false;
      }
    });
  };
}
