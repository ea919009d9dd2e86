import type { BreakerCase, BreakerFeatures } from './breaker-case.js';
import { BreakerScene, type CreateBreaker } from './breaker-scene.js';
import { closedCases, halfOpenCases, lateCases, openCases } from './breaker-states.js';
import { executeCases, handCases } from './breaker-uses.js';

/** The functions of any test runner that has them, such as vitest or node:test. */
export interface BreakerSuiteRunner {
  /** Groups tests. */
  describe(name: string, define: () => void): unknown;
  /** Defines a test. `it.skip`, where it is there, lists what was declared as not supported. */
  it: ((name: string, run: () => Promise<void>) => unknown) & { skip?: (name: string, run: () => Promise<void>) => unknown };
}

/** A breaker under test. */
export interface BreakerSuiteSubject {
  /** Makes a fresh, closed breaker. */
  readonly create: CreateBreaker;
  /** What the breaker cannot do, so that the suite lists it instead of running it. All true unless set. */
  readonly supports?: Partial<BreakerFeatures>;
}

const GROUPS: Readonly<Record<string, readonly BreakerCase[]>> = {
  'while closed': closedCases,
  'while open': openCases,
  'while half-open': halfOpenCases,
  'for late outcomes': lateCases,
  'around a task': executeCases,
  'by hand': handCases,
};

/** Every sentence of the circuit breaker contract, on a virtual clock (scenarios R59 and R61 among them). */
export function breakerSuite({ describe, it }: BreakerSuiteRunner, { create, supports = {} }: BreakerSuiteSubject): void {
  describe('circuit breaker', () => {
    for (const [group, cases] of Object.entries(GROUPS)) {
      describe(group, () => {
        for (const { name, needs, run } of cases) {
          if (!needs || supports[needs] !== false) it(name, async () => run(new BreakerScene(create)));
          else it.skip?.(`${name} (declared: no ${needs})`, async () => {});
        }
      });
    }
  });
}
