/** The functions of any test runner that has them, such as vitest or node:test. */
export interface SuiteRunner {
  /** Groups tests. */
  describe(name: string, define: () => void): unknown;
  /** Defines a test; the third argument is how many ms it may take. */
  it(name: string, run: () => Promise<void>, timeoutMs: number): unknown;
}
