import { defineConfig } from '@weft/host';

/** Registry and config center of the whole shop: a folder, unless the environment names a server. */
const backend = {
  driver: process.env.SHOP_REGISTRY ?? 'file',
  address: process.env.SHOP_REGISTRY_ADDRESS ?? '../../.weft',
};

/** One of two: SHOP_ID tells them apart. The times are shorter than the defaults, so that the tour can show them. */
export default defineConfig({
  service: {
    id: process.env.SHOP_ID ?? 'orders-1',
    name: 'orders',
    version: '1.0.0',
    port: Number(process.env.SHOP_PORT ?? 0),
    healthCheck: { path: '/health', interval: '2s', timeout: '1s' },
  },
  registry: { ...backend, ttl: '3s' },
  client: {
    timeout: '5s',
    outlier: { consecutive: 5, baseTime: '3s' },
  },
  loadBalancer: { strategy: 'round_robin', options: { max_retries: 3 } },
  circuitBreaker: { threshold: 5, timeout: '2s', halfOpen: true },
  config: { ...backend, prefix: 'config' },
  logging: { level: 'info' },
});
