import type { Registry } from '@weft/registry';
import type { Service } from '@weft/service';
import { z } from 'zod';
import { registryBlock, transport } from './backend-blocks.js';
import { isRegistry, withAddress } from './create-client.js';
import { blueprintOf, type CreateOptions } from './create-options.js';
import type { DriverName } from './driver-section.js';
import { openSystem } from './open-system.js';
import { checkConfig } from './parse-config.js';
import { block, expected, text } from './schema-parts.js';
import { serviceBlock } from './service-block.js';
import type { ServiceSection } from './service-section.js';
import type { RegistrySection, TransportSection, WeftConfig } from './weft-config.js';

/** What a service is made from: the words of the `service` block, and where it is announced. */
export interface CreateServiceConfig<RegistryName extends string = string, TransportName extends string = string>
  extends ServiceSection {
  /** A driver's word, the `registry` block, or a registry, which stays the caller's. Driver `file` unless set. */
  readonly registry?: string | RegistrySection<RegistryName> | Registry;
  /** Address of the registry, as the seed writes it. */
  readonly registryAddress?: string;
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
  const { registry, registryAddress, transport: wires, ...service } = checked.config as CreateServiceConfig;
  const given = typeof registry === 'object' && isRegistry(registry) ? { registry } : {};
  const section = withAddress('registry' in given ? {} : ((registry ?? {}) as string | RegistrySection), registryAddress);
  const system: WeftConfig = { service, registry: section, logging: { level: 'warn' }, ...(wires && { transport: wires }) };
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
