import { z } from 'zod';
import {
  block,
  duration,
  durationOrFalse,
  expected,
  flag,
  integerFrom,
  numberFrom,
  oneOf,
  openBlock,
  ratio,
  someTime,
  text,
} from './schema-parts.js';

const optional = z.exactOptional;

/** Schema of the `loadBalancer` block. Options beyond `weights` and `maxRetries` belong to the strategy. */
const loadBalancerBlock = block({
  strategy: optional(text),
  from: optional(text),
  options: optional(
    openBlock({
      weights: optional(z.record(z.string(), numberFrom(0), expected('an object of weights by instance id'))),
      maxRetries: optional(integerFrom(0)),
    }),
  ),
});

/** A strategy's name, or the block. */
export const loadBalancer = z.union([text, loadBalancerBlock], expected('a strategy, or { strategy, options }'));

/** Schema of the `circuitBreaker` block; keys beyond these belong to the driver. */
const circuitBreakerBlock = openBlock(
  {
    driver: optional(text),
    from: optional(text),
    threshold: optional(integerFrom(1)),
    timeout: optional(duration),
    halfOpen: optional(flag),
    mode: optional(oneOf('consecutive', 'count', 'rate')),
    window: optional(duration),
    minCalls: optional(integerFrom(1)),
    ratio: optional(ratio),
    slow: optional(block({ threshold: duration, ratio: optional(ratio) })),
    probes: optional(integerFrom(1)),
  },
  { slot: 'breaker', fallback: null },
);

/** On, off, or the block. */
export const circuitBreaker = z.union([flag, circuitBreakerBlock], expected('true, false, or { threshold, timeout, halfOpen }'));

const outlierBlock = block({
  consecutive: optional(z.union([z.literal(false), integerFrom(1)], expected('a whole number from 1, or false'))),
  baseTime: optional(duration),
  maxTime: optional(duration),
  maxRatio: optional(ratio),
  sweep: optional(duration),
  stall: optional(duration),
  slow: optional(
    z.union(
      [z.literal(false), block({ factor: optional(numberFrom(1)), minTime: optional(duration) })],
      expected('{ factor, minTime }, or false'),
    ),
  ),
});

/** How many retries a service gets. */
export const retryBudget = block({ ratio: optional(numberFrom(0)), minPerSecond: optional(numberFrom(0)) });

/** Schema of the `client` block: the words of `Client`'s options. */
export const clientBlock = block({
  serviceName: optional(text),
  timeout: optional(durationOrFalse),
  attemptTimeout: optional(durationOrFalse),
  retries: optional(integerFrom(0)),
  retryDelay: optional(duration),
  maxRetries: optional(integerFrom(0)),
  loadBalancer: optional(loadBalancer),
  circuitBreaker: optional(circuitBreaker),
  retryBudget: optional(retryBudget),
  throwOnStatus: optional(flag),
  pool: optional(
    block({ connections: optional(integerFrom(1)), checkoutTimeout: optional(duration), idleTimeout: optional(someTime) }),
  ),
  limits: optional(block({ responseBytes: optional(integerFrom(1)) })),
  outlier: optional(z.union([z.literal(false), outlierBlock], expected('an object, or false'))),
});
