import type { MicroserviceConfig } from './seed-12-config-types.js';

/** The whole tree, with the values of the seed. */
export function getMicroserviceConfig(): MicroserviceConfig {
  return {
    service: {
      name: 'user-service',
      version: '1.0.0',
      port: 8080,
      metadata: { environment: 'production', region: 'us-west-1' },
      healthCheck: { path: '/health', interval: '30s', timeout: '5s' },
    },
    client: {
      timeout: '30s',
      retries: 3,
      retryDelay: '1s',
      maxRetries: 5,
      loadBalancer: 'round_robin',
      circuitBreaker: true,
    },
    registry: { driver: 'consul', address: 'localhost:8500', timeout: '10s', ttl: '30s' },
    loadBalancer: { strategy: 'round_robin', options: { maxRetries: 3 } },
    circuitBreaker: { threshold: 5, timeout: '30s', halfOpen: true },
    tracing: {
      enabled: true,
      serviceName: 'user-service',
      sampler: 0.1,
      reporter: { type: 'jaeger', url: 'http://localhost:14268/api/traces' },
    },
    config: { driver: 'consul', address: 'localhost:8500', prefix: 'config', timeout: '10s' },
    serviceMesh: { enabled: true, sidecar: true, proxy: { port: 15_001, adminPort: 15_000 } },
  };
}
