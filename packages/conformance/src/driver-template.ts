/** A slot that a driver can be begun for. */
export type ScaffoldSlot = 'registry' | 'config' | 'balancer' | 'breaker';

/**
 * A driver of one slot that works as it stands, called `foo`: wherever `foo` and `Foo` stand in a text, the name of the new
 * driver is put.
 */
export interface DriverTemplate {
  /** What the package is, for its manifest and README. */
  readonly description: string;
  /** `src/index.ts`: options, their schema, and the driver. */
  readonly index: string;
  /** `src/foo-<slot>.ts`: what is to be replaced. */
  readonly mapping: string;
  /** What `src/conformance.test.ts` imports from `./index.js`. */
  readonly opens: string;
  /** The call of the suite there, up to the target. */
  readonly suite: string;
  /** The target there. */
  readonly target: string;
  /** The example of the README, at most 10 lines. */
  readonly example: string;
  /** The rows of the README's table of options. */
  readonly options: string;
}
