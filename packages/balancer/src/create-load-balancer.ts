import type { LoadBalancer } from '@weft/core';
import { leastConnections } from './least-connections.js';
import { didYouMean, type LoadBalancerOptions, problemsOfOptions, refusal } from './load-balancer-options.js';
import { randomChoice } from './random-choice.js';
import { roundRobin } from './round-robin.js';
import type { Selectable } from './standalone-handle.js';
import { standaloneSelect } from './standalone-select.js';
import { weighted } from './weighted.js';

/** The strategies that this package brings. */
export type StrategyName = 'round_robin' | 'random' | 'weighted' | 'least_connections';

const STRATEGIES: Readonly<Record<StrategyName, (options: LoadBalancerOptions) => LoadBalancer>> = {
  round_robin: roundRobin,
  random: randomChoice,
  weighted,
  least_connections: leastConnections,
};

/** A strategy with what it is told, as in a config's `loadBalancer` block. */
export interface LoadBalancerConfig {
  /** Name of the strategy. */
  readonly strategy: string;
  /** What the strategy is told. */
  readonly options?: LoadBalancerOptions;
}

/** A balancer that can also be used without a client. */
export interface StandaloneLoadBalancer extends LoadBalancer {
  /**
   * One of `instances`, for callers that do not say when the call ends. Instances are known by their id, so the list may be
   * a fresh one each time.
   * @throws WEFT_NO_INSTANCE when the list is empty or every weight in it is 0
   */
  select<T extends Selectable>(instances: readonly T[]): T;
}

/**
 * A balancer by the name of its strategy: `round_robin`, `random`, `weighted` or `least_connections`.
 * @param options what the strategy is told; wins over the options inside a config block
 * @throws WEFT_CONFIG_INVALID when the strategy or an option is unknown, or a weight is negative or no number
 */
export function createLoadBalancer(
  strategy: StrategyName | (string & {}) | LoadBalancerConfig,
  options: LoadBalancerOptions = {},
): StandaloneLoadBalancer {
  const config = typeof strategy === 'string' ? { strategy } : strategy;
  const merged = { ...config.options, ...options };
  const unknown = isStrategyName(config.strategy) ? [] : [unknownStrategy(config.strategy)];
  const problems = [...unknown, ...problemsOfOptions(merged)];
  if (problems.length > 0 || !isStrategyName(config.strategy)) throw refusal(problems);
  const balancer = STRATEGIES[config.strategy](merged);
  return { strategy: balancer.strategy, pick: balancer.pick, select: standaloneSelect(balancer) };
}

function isStrategyName(name: unknown): name is StrategyName {
  return typeof name === 'string' && Object.hasOwn(STRATEGIES, name);
}

function unknownStrategy(name: unknown) {
  const known = Object.keys(STRATEGIES);
  const word = typeof name === 'string' ? name : '';
  return {
    path: 'loadBalancer.strategy',
    message: `unknown strategy ${JSON.stringify(name)}. Known: ${known.join(', ')}.${didYouMean(word, known)}`,
  };
}
