import { z } from 'zod';
import { configBlock, plugin, registry, transport } from './backend-blocks.js';
import { circuitBreaker, clientBlock, loadBalancer } from './client-block.js';
import { cache, policies, rateLimits } from './governance-blocks.js';
import { adminBlock, driverBlock, loggingBlock, metricsBlock, serviceMeshBlock, tracingBlock } from './later-blocks.js';
import { block, expected, text } from './schema-parts.js';
import { serviceBlock } from './service-block.js';

const optional = z.exactOptional;

/** Schema of a whole config, keys in camelCase (S135 and the blocks of later packages). */
export const configSchema = block({
  $schema: optional(text),
  service: optional(serviceBlock),
  client: optional(clientBlock),
  registry: optional(registry),
  loadBalancer: optional(loadBalancer),
  circuitBreaker: optional(circuitBreaker),
  tracing: optional(tracingBlock),
  config: optional(configBlock),
  serviceMesh: optional(serviceMeshBlock),
  transport: optional(transport),
  queue: optional(driverBlock),
  cache: optional(cache),
  rateLimit: optional(rateLimits),
  metrics: optional(metricsBlock),
  logging: optional(loggingBlock),
  policies: optional(policies),
  plugins: optional(z.array(plugin, expected('a list of plugins'))),
  admin: optional(adminBlock),
});
