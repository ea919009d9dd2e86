import type { Slots } from '@weft/core';

/** The words of Weft's own drivers: for hints in messages only, drivers are found by name. */
export const KNOWN_DRIVERS: Readonly<Partial<Record<keyof Slots, readonly string[]>>> = {
  registry: ['memory', 'file', 'consul', 'etcd', 'redis', 'zookeeper', 'nats'],
  config: ['memory', 'file', 'consul', 'etcd', 'redis'],
  transport: ['http', 'memory', 'rpc', 'grpc'],
  balancer: ['round_robin', 'random', 'weighted', 'least_connections'],
  breaker: ['opossum'],
  tracing: ['otel'],
  metrics: ['otel'],
};
