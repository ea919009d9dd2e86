import {
  type Clock,
  invalidOption,
  type Logger,
  type Metrics,
  noopLogger,
  noopMetrics,
  parseDuration,
  parsePositiveDuration,
  type Random,
  type RegistryDriver,
  systemClock,
  systemRandom,
} from '@weft/core';
import { AllowedAddresses } from './allowed-addresses.js';
import type { RegistryEvents, RegistryOptions } from './registry-options.js';
import { parseSelfPreservation, type SelfPreservation } from './self-preservation.js';

/** How often a record is asserted within its TTL. */
export const BEATS_PER_TTL = 3;
/** By which part of itself the time between two beats varies. */
export const BEAT_JITTER_RATIO = 0.1;

/** Tells the listeners of a `Registry`; a listener that throws hurts nobody. */
export type Tell = <Event extends keyof RegistryEvents>(event: Event, payload: RegistryEvents[Event][0]) => void;

/** What all parts of one `Registry` work with. */
export interface RegistryContext {
  readonly driver: RegistryDriver;
  /** Who is asked, for errors. */
  readonly from: 'registry';
  readonly timeoutMs: number;
  readonly ttlMs: number;
  readonly staleAfterMs: number;
  /** Within which every instance of a service has sent a beat. */
  readonly beatWindowMs: number;
  /** When instances that vanish are doubted; undefined = never. */
  readonly selfPreservation: SelfPreservation | undefined;
  /** Where instances may be; undefined = anywhere. */
  readonly allowedAddresses: AllowedAddresses | undefined;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly tell: Tell;
}

/** Options with their defaults. @throws WEFT_CONFIG_INVALID for a bad option or a TTL that the driver cannot hold */
export function createContext(driver: RegistryDriver, options: RegistryOptions, tell: Tell): RegistryContext {
  const ttlMs = parsePositiveDuration(options.ttl ?? '30s', 'registry.ttl');
  const smallestMs = driver.supports.minTtlMs;
  if (ttlMs < smallestMs) {
    throw invalidOption('registry.ttl', `${ttlMs}ms is below what this driver can hold; the smallest is ${smallestMs}ms`);
  }
  return {
    driver,
    from: 'registry',
    ttlMs,
    timeoutMs: parsePositiveDuration(options.timeout ?? '10s', 'registry.timeout'),
    staleAfterMs: parseDuration(options.staleAfter ?? '10s', 'registry.staleAfter'),
    beatWindowMs: (ttlMs / BEATS_PER_TTL) * (1 + BEAT_JITTER_RATIO),
    selfPreservation: parseSelfPreservation(options.selfPreservation),
    allowedAddresses: options.allowedAddresses && new AllowedAddresses(options.allowedAddresses),
    clock: options.clock ?? systemClock,
    random: options.random ?? systemRandom,
    logger: options.logger ?? noopLogger,
    metrics: options.metrics ?? noopMetrics,
    tell,
  };
}
