import { type Clock, type Duration, type LoadBalancer, type Random, systemClock, systemRandom } from '@weft/core';
import { type BalancerReader, readAlone } from './balancer-reader.js';
import { LatencyLoad } from './latency-load.js';
import { readPenalty } from './least-connections.js';
import { slowStart } from './slow-start.js';
import { twoChoices } from './two-choices.js';

/** Options of `p2cEwma`. */
export interface P2cEwmaOptions {
  /** After how long a latency counts for 1/e; 10 s unless set. Shorter: a slow instance is asked again sooner. */
  readonly decay?: Duration;
  /** How long a failed call goes on counting as if it were in flight; 1 s unless set. */
  readonly penalty?: Duration;
  /** How long an instance that comes gets less than its share; 10 s unless set, `false` = not at all. */
  readonly slowStart?: Duration | false;
  /** Where latencies are read from; the process's clock unless set. */
  readonly clock?: Clock;
  /** Where the draws come from; the process's random numbers unless set. */
  readonly random?: Random;
}

/**
 * Picks the instance where a call will probably be over sooner, of two different ones drawn at random: latency of late (peak
 * EWMA) times calls in flight, plus how long those wait already. A rise of the latency counts at once, a fall slowly. Failed
 * calls go on counting for `penalty` and their latency does not: an instance that fails fast, or answers nothing, must not
 * attract traffic.
 *
 * Source: Finagle, power of two choices with peak EWMA; the same in Envoy's least request and in gRFC A58 for failures.
 * @throws WEFT_CONFIG_INVALID when an option is wrong
 */
export function p2cEwma(options: P2cEwmaOptions = {}): LoadBalancer {
  const { clock = systemClock, random = systemRandom, slowStart: window = '10s' } = options;
  const { penaltyMs, decayMs } = readAlone((reader) => readP2cEwma(options, reader));
  const create = () => {
    return twoChoices({
      strategy: 'p2c_ewma',
      contender: (instance) => new LatencyLoad(instance, penaltyMs, decayMs),
      clock,
      random,
    });
  };
  return window === false ? create() : slowStart(create, { window, clock });
}

/** Options with their defaults. */
export function readP2cEwma(
  options: Pick<P2cEwmaOptions, 'decay' | 'penalty'>,
  reader: BalancerReader,
): { readonly decayMs: number; readonly penaltyMs: number } {
  return { decayMs: reader.durationMs('decay', options.decay ?? '10s'), penaltyMs: readPenalty(options, reader) };
}
