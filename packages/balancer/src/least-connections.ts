import { type Clock, type Duration, type LoadBalancer, type Random, systemClock, systemRandom } from '@weft/core';
import { type BalancerReader, readAlone } from './balancer-reader.js';
import { InstanceLoad } from './instance-load.js';
import { slowStart } from './slow-start.js';
import { twoChoices } from './two-choices.js';

/** Options of `leastConnections`. */
export interface LeastConnectionsOptions {
  /** How long a failed call goes on counting as if it were in flight; 1 s unless set. */
  readonly penalty?: Duration;
  /** How long an instance that comes gets less than its share; 10 s unless set, `false` = not at all. */
  readonly slowStart?: Duration | false;
  /** Where the ages of calls are read from; the process's clock unless set. */
  readonly clock?: Clock;
  /** Where the draws come from; the process's random numbers unless set. */
  readonly random?: Random;
}

/**
 * Picks the instance that carries less, of two different ones drawn at random. Of two that carry the same, the one that waited
 * longer. A failed call goes on counting for `penalty`, and a call counts the more the longer it waits: an instance that fails
 * fast or answers nothing must not look idle and attract traffic.
 *
 * Source: M. Mitzenmacher, "The Power of Two Choices in Randomized Load Balancing", 2001.
 * @throws WEFT_CONFIG_INVALID when an option is wrong
 */
export function leastConnections(options: LeastConnectionsOptions = {}): LoadBalancer {
  const { clock = systemClock, random = systemRandom, slowStart: window = '10s' } = options;
  const penaltyMs = readAlone((reader) => readPenalty(options, reader));
  const create = () => {
    return twoChoices({
      strategy: 'least_connections',
      contender: (instance) => new InstanceLoad(instance, penaltyMs),
      clock,
      random,
    });
  };
  return window === false ? create() : slowStart(create, { window, clock });
}

/** How long a failed call goes on counting, in ms. */
export function readPenalty({ penalty = '1s' }: Pick<LeastConnectionsOptions, 'penalty'>, reader: BalancerReader): number {
  return reader.durationMs('penalty', penalty);
}
