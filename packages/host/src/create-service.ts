import type { RateLimitStore } from '@weft/core';
import type { Registry } from '@weft/registry';
import type { Service } from '@weft/service';
import { z } from 'zod';
import { registryBlock, transport } from './backend-blocks.js';
import type { GivenParts } from './blueprint.js';
import { isRegistry, withAddress } from './create-client.js';
import { blueprintOf, type CreateOptions } from './create-options.js';
import type { DriverName } from './driver-section.js';
import { aRateLimitStore, isRateLimitStore } from './given-parts.js';
import { rateLimits } from './governance-blocks.js';
import { openSystem } from './open-system.js';
import { checkConfig } from './parse-config.js';
import { block, expected, text } from './schema-parts.js';
import { serviceBlock } from './service-block.js';
import type { ServiceSection } from './service-section.js';
import type { OptionalSection, RegistrySection, TransportSection, WeftConfig } from './weft-config.js';

/** What a service is made from: the words of the `service` block, and where it is announced. */
export interface CreateServiceConfig<RegistryName extends string = string, TransportName extends string = string>
  extends ServiceSection {
  /** A driver's word, the `registry` block, or a registry, which stays the caller's. Driver `file` unless set. */
  readonly registry?: string | RegistrySection<RegistryName> | Registry;
  /** Address of the registry, as the seed writes it. */
  readonly registryAddress?: string;
  /** Where `rateLimit` is counted: a driver's word or block, or a store, which stays the caller's. In the process unless set. */
  readonly rateLimits?: string | OptionalSection | RateLimitStore;
  /** Wires beside or instead of HTTP; HTTP alone unless set. */
  readonly transport?: string | TransportSection<TransportName> | readonly (string | TransportSection)[];
}

const optional = z.exactOptional;

const createServiceBlock = block({
  ...serviceBlock.shape,
  registry: optional(
    z.union(
      [text, z.custom<Registry>((value) => typeof value === 'object' && value !== null && isRegistry(value)), registryBlock],
      expected('a driver, { driver, ... }, or a Registry'),
    ),
  ),
  registryAddress: optional(text),
  rateLimits: optional(z.union([aRateLimitStore, rateLimits], expected('a driver, { driver, ... }, or a store'))),
  transport: optional(transport),
});

/**
 * A service from plain words, not yet started; `stop()` closes the drivers that were opened for it, so it is for good.
 * @throws WEFT_CONFIG_INVALID WEFT_PLUGIN_INVALID WEFT_PLUGIN_NOT_INSTALLED
 */
export async function createService<
  const RegistryName extends DriverName<'registry'> = 'file',
  const TransportName extends DriverName<'transport'> = 'http',
>(config: CreateServiceConfig<RegistryName, TransportName>, options: CreateOptions = {}): Promise<Service> {
  const checked = checkConfig(createServiceBlock, config);
  const { registry, registryAddress, rateLimits: limits, transport: wires, ...service } = checked.config as CreateServiceConfig;
  const given: GivenParts = {
    ...(typeof registry === 'object' && isRegistry(registry) && { registry }),
    ...(isRateLimitStore(limits) && { rateLimits: limits }),
  };
  const section = withAddress(given.registry ? {} : ((registry ?? {}) as string | RegistrySection), registryAddress);
  const system: WeftConfig = {
    service,
    registry: section,
    logging: { level: 'warn' },
    ...(limits && !given.rateLimits && { rateLimit: limits as string | OptionalSection }),
    ...(wires && { transport: wires }),
  };
  const opened = await openSystem(
    blueprintOf('createService', { config: system, problems: checked.problems }, ['service', 'logging'], options, given),
  );
  await opened.lifeCycle.start();
  return stoppingAll(opened.service as Service, () => opened.lifeCycle.stop());
}

/** `stop()` first stops the service as asked for, then everything that was opened for it. */
function stoppingAll(service: Service, stopAll: () => Promise<void>): Service {
  const stop = service.stop.bind(service);
  return Object.assign(service, {
    stop: async (options?: Parameters<Service['stop']>[0]) => {
      try {
        await stop(options);
      } finally {
        await stopAll();
      }
    },
  });
}
