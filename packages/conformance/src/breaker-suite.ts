import type { BreakerCase, BreakerFeatures } from './breaker-case.js';
import { countCases, rateCases, slowCases } from './breaker-modes.js';
import { BreakerScene, type CreateBreaker } from './breaker-scene.js';
import { closedCases, halfOpenCases, lateCases, openCases } from './breaker-states.js';
import { executeCases, handCases } from './breaker-uses.js';
import type { ConformanceReport } from './conformance-report.js';
import { defineSuite } from './define-suite.js';
import type { SuiteRunner } from './suite-runner.js';

/** A breaker under test. */
export interface BreakerTarget {
  /** Makes a fresh, closed breaker. */
  readonly create: CreateBreaker;
  /** What the breaker cannot do, so that the suite lists it instead of running it. All true unless set. */
  readonly supports?: Partial<BreakerFeatures>;
  /** For the report; default `circuit breaker`. */
  readonly name?: string;
}

const GROUPS: Readonly<Record<string, readonly BreakerCase[]>> = {
  'while closed': closedCases,
  'in mode count': countCases,
  'in mode rate': rateCases,
  'with slow calls': slowCases,
  'while open': openCases,
  'while half-open': halfOpenCases,
  'for late outcomes': lateCases,
  'around a task': executeCases,
  'by hand': handCases,
};

/** Every sentence of the circuit breaker contract, on a virtual clock (scenarios R59 to R61 among them). */
export function breakerSuite(runner: SuiteRunner, target: BreakerTarget): ConformanceReport {
  const { create, supports = {}, name = 'circuit breaker' } = target;
  return defineSuite<BreakerCase>(runner, {
    suite: 'breaker',
    subject: name,
    groups: GROUPS,
    offers: (feature) => supports[feature] !== false,
    run: async (one) => one.run(new BreakerScene(create)),
  });
}
