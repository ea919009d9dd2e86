import { defineConfig } from '@weft/host';
import type {} from '@weft/idempotency-redis';
import type {} from '@weft/metrics-otel';
import type {} from '@weft/tracing-otel';

/** Registry and config center of the whole shop: a folder, unless the environment names a server. */
const backend = {
  driver: process.env.SHOP_REGISTRY ?? 'file',
  address: process.env.SHOP_REGISTRY_ADDRESS ?? '../../.weft',
};

/** Where answers are remembered, so that no order is placed twice: in each process for itself, unless there is a Redis for it. */
const memory = process.env.SHOP_KEYS_ADDRESS ? { store: 'redis', address: process.env.SHOP_KEYS_ADDRESS } : { store: 'memory' };

/** Where spans go, if there is a collector: a tenth of the traces, unless SHOP_SAMPLER says otherwise; and what failed or was slow. */
const tracing = {
  enabled: process.env.SHOP_TRACING === 'true',
  driver: 'otel',
  sampler: Number(process.env.SHOP_SAMPLER ?? 0.1),
  reporter: { type: process.env.SHOP_REPORTER ?? 'otlp', url: process.env.SHOP_REPORTER_URL ?? 'http://localhost:4318' },
  tail: true,
  queue: { interval: '200ms' },
  resource: { 'service.instance.id': process.env.SHOP_ID ?? 'orders-1' },
};

/** Fetched from any free port, and pushed where there is a collector. */
const metrics = {
  driver: 'otel',
  prometheus: { port: 0 },
  otlp: { url: process.env.SHOP_METRICS_URL ?? '', interval: '2s' },
  resource: { 'service.instance.id': process.env.SHOP_ID ?? 'orders-1' },
};

/** One of two: SHOP_ID tells them apart. The times are shorter than the defaults, so that the tour can show them. */
export default defineConfig({
  service: {
    id: process.env.SHOP_ID ?? 'orders-1',
    name: 'orders',
    version: '1.0.0',
    port: Number(process.env.SHOP_PORT ?? 0),
    healthCheck: { path: '/health', interval: '2s', timeout: '1s' },
    idempotency: { ...memory, lease: '1s' },
  },
  registry: { ...backend, ttl: '3s' },
  client: {
    timeout: '5s',
    outlier: { consecutive: 5, baseTime: '3s' },
  },
  loadBalancer: { strategy: 'round_robin', options: { max_retries: 3 } },
  circuitBreaker: { threshold: 5, timeout: '2s', halfOpen: true },
  config: { ...backend, prefix: 'config' },
  tracing,
  metrics,
  logging: { level: 'info' },
});
