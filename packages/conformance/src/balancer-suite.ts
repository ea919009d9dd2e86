import { chanceCases } from './balancer-chance.js';
import { outcomeCases } from './balancer-outcomes.js';
import { pickCases, snapshotCases } from './balancer-picks.js';
import {
  type BalancerCase,
  type BalancerFeatures,
  BalancerScene,
  type CreateBalancer,
  type WrapBalancer,
} from './balancer-scene.js';
import { timeCases } from './balancer-times.js';
import { keyCases, weightCases } from './balancer-weights.js';
import { wrapCases } from './balancer-wraps.js';
import type { ConformanceReport } from './conformance-report.js';
import { defineSuite } from './define-suite.js';
import type { SuiteRunner } from './suite-runner.js';

/** A load balancer under test. */
export interface BalancerTarget {
  /** Makes a fresh balancer. */
  readonly create: CreateBalancer;
  /** The name it must have; also the one for the report, where it is `load balancer` unless set. */
  readonly strategy?: string;
  /** What the strategy is not about, so that the suite lists it instead of running it. All true unless set. */
  readonly supports?: Partial<BalancerFeatures>;
  /** For something that is put around strategies: puts it around the balancers that it is given. */
  readonly wrap?: WrapBalancer;
  /** What stands in the report; `strategy` unless set. */
  readonly subject?: string;
}

const GROUPS: Readonly<Record<string, readonly BalancerCase[]>> = {
  'a pick': pickCases,
  'the list': snapshotCases,
  chance: chanceCases,
  outcomes: outcomeCases,
  weights: weightCases,
  keys: keyCases,
  time: timeCases,
  'around strategies': wrapCases,
};

/** Every sentence of the `LoadBalancer` contract, on a virtual clock and with seeded chance. */
export function balancerSuite(runner: SuiteRunner, target: BalancerTarget): ConformanceReport {
  const { create, strategy, supports = {}, wrap, subject = strategy ?? 'load balancer' } = target;
  return defineSuite<BalancerCase>(runner, {
    suite: 'balancer',
    subject,
    groups: GROUPS,
    offers: (feature) => (feature === 'wrap' ? wrap !== undefined : supports[feature] !== false),
    run: async (one) => one.run(new BalancerScene(create, strategy, wrap)),
  });
}
