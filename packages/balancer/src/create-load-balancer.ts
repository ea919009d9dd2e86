import type { LoadBalancer } from '@weft/core';
import { BalancerReader, didYouMean } from './balancer-reader.js';
import { consistentHash } from './consistent-hash.js';
import { leastConnections } from './least-connections.js';
import { checkOptions, type LoadBalancerOptions, spellOptions } from './load-balancer-options.js';
import { p2cEwma } from './p2c-ewma.js';
import { randomChoice } from './random-choice.js';
import { roundRobin } from './round-robin.js';
import { slowStart } from './slow-start.js';
import type { Selectable } from './standalone-handle.js';
import { standaloneSelect } from './standalone-select.js';
import { weighted } from './weighted.js';
import { wrapStrategy } from './wrap-strategy.js';

type Strategy = (options: LoadBalancerOptions) => LoadBalancer;

const STRATEGIES = {
  round_robin: sparingNewcomers(roundRobin),
  random: sparingNewcomers(randomChoice),
  weighted: sparingNewcomers(weighted),
  least_connections: leastConnections,
  p2c_ewma: p2cEwma,
  consistent_hash: sparingNewcomers(consistentHash),
} satisfies Readonly<Record<string, Strategy>>;

/** The strategies that this package brings. */
export type StrategyName = keyof typeof STRATEGIES;

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
   * @throws WEFT_NO_INSTANCE when the list is empty, every weight in it is 0, or none fits the filter
   */
  select<T extends Selectable>(instances: readonly T[]): T;
}

/**
 * A balancer by the name of its strategy: `round_robin`, `random`, `weighted`, `least_connections`, `p2c_ewma` or
 * `consistent_hash`.
 * @param options what the strategy is told; wins over the options inside a config block
 * @throws WEFT_CONFIG_INVALID telling everything that is wrong: an unknown strategy, options that are no object, an unknown or
 * impossible one
 */
export function createLoadBalancer(
  strategy: StrategyName | (string & {}) | LoadBalancerConfig,
  options: LoadBalancerOptions = {},
): StandaloneLoadBalancer {
  const reader = new BalancerReader();
  const config: LoadBalancerConfig = typeof strategy === 'object' && strategy !== null ? strategy : { strategy };
  const create = strategyOf(config.strategy, reader);
  const merged = spellOptions(
    { ...reader.options(config.options === undefined ? {} : config.options), ...reader.options(options) },
    reader,
  );
  checkOptions(merged, reader);
  reader.check();
  const balancer = wrapStrategy(() => create(merged), merged);
  return { strategy: balancer.strategy, pick: balancer.pick, select: standaloneSelect(balancer) };
}

/** For strategies that do so only when they are told to. */
function sparingNewcomers(create: Strategy): Strategy {
  return (options) => {
    const { slowStart: window, clock } = options;
    return window ? slowStart(() => create(options), { window, ...(clock && { clock }) }) : create(options);
  };
}

function strategyOf(name: unknown, reader: BalancerReader): Strategy {
  if (isStrategyName(name)) return STRATEGIES[name];
  const known = Object.keys(STRATEGIES);
  const hint = didYouMean(typeof name === 'string' ? name : '', known);
  reader.refuseAt('loadBalancer.strategy', `unknown strategy ${JSON.stringify(name)}. Known: ${known.join(', ')}.${hint}`);
  return roundRobin;
}

function isStrategyName(name: unknown): name is StrategyName {
  return typeof name === 'string' && Object.hasOwn(STRATEGIES, name);
}
