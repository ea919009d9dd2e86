import { type CircuitBreaker, type Clock, type Driver, type OnBreakerState, systemClock } from '@weft/core';
import { OpossumBreaker } from './opossum-breaker.js';
import { type OpossumBreakerOptions, opossumBreakerOptions, parseOpossumBreakerOptions } from './options.js';

/**
 * A breaker whose counting, and in mode `rate` whose decision to open, are opossum's. It has nothing to be closed: no timer,
 * no interval.
 * @param clock what open times and the window run on
 * @param onStateChange told once per change, when it is noticed
 * @throws WEFT_CONFIG_INVALID telling every option that is wrong
 */
export function openOpossumBreaker(
  options: OpossumBreakerOptions = {},
  clock: Clock = systemClock,
  onStateChange?: OnBreakerState,
): CircuitBreaker {
  return new OpossumBreaker(parseOpossumBreakerOptions(options), clock, onStateChange);
}

/** The driver `opossum` of the slot `breaker`: a breaker for each service. */
const driver: Driver<'breaker', OpossumBreakerOptions> = {
  contract: 1,
  slot: 'breaker',
  name: 'opossum',
  options: opossumBreakerOptions,
  async open(options, { clock }) {
    return { value: (onStateChange) => openOpossumBreaker(options, clock, onStateChange) };
  },
};

export default driver;
