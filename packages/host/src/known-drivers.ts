import type { Slots } from '@weft/core';

const WORDS = {
  registry: ['memory', 'file', 'consul', 'etcd', 'redis', 'zookeeper', 'nats'],
  config: ['memory', 'file', 'consul', 'etcd', 'redis'],
  transport: ['http', 'memory', 'rpc', 'grpc'],
  balancer: ['round_robin', 'random', 'weighted', 'least_connections', 'p2c_ewma', 'consistent_hash'],
  breaker: ['opossum'],
  tracing: ['otel'],
  metrics: ['otel'],
  ratelimit: ['memory', 'redis'],
  idempotency: ['memory', 'redis'],
} as const satisfies Partial<Record<keyof Slots, readonly string[]>>;

/** The words of Weft's own drivers: for hints in messages and in editors only, drivers are found by name. */
export const KNOWN_DRIVERS: Readonly<Partial<Record<keyof Slots, readonly string[]>>> = WORDS;

/** One of these words as a type. */
export type KnownDriver<Slot extends keyof Slots> = Slot extends keyof typeof WORDS ? (typeof WORDS)[Slot][number] : never;
