import { type Driver, type DriverHost, type Logger, type Slots, systemClock, WeftError } from '@weft/core';
import type { Backend, DriverOptions } from './backend.js';

/** The drivers under test, loaded when they are asked for. */
const DRIVERS: {
  readonly [Slot in 'registry' | 'config']: Readonly<Record<Backend['driver'], () => Promise<{ default: unknown }>>>;
} = {
  registry: {
    consul: () => import('@weft/registry-consul'),
    etcd: () => import('@weft/registry-etcd'),
    redis: () => import('@weft/registry-redis'),
  },
  config: {
    consul: () => import('@weft/config-consul'),
    etcd: () => import('@weft/config-etcd'),
    redis: () => import('@weft/config-redis'),
  },
};

/** Opens a driver as a host does: options checked by its schema first. @throws what the driver says */
export async function openDriver<Slot extends 'registry' | 'config'>(
  slot: Slot,
  name: Backend['driver'],
  options: DriverOptions,
  { timeoutMs, logger }: { readonly timeoutMs: number; readonly logger: Logger },
): Promise<Slots[Slot]> {
  const driver = (await DRIVERS[slot][name]()).default as Driver<Slot>;
  const checked = await driver.options['~standard'].validate(options);
  if (checked.issues) throw new WeftError('WEFT_CONFIG_INVALID', checked.issues.map(({ message }) => message).join('; '));
  const host: DriverHost = {
    get: (other) => {
      throw new WeftError('WEFT_PLUGIN_INVALID', `the slot "${other}" is empty here`);
    },
    clock: systemClock,
    folder: process.cwd(),
    timeoutMs,
    logger,
    signal: AbortSignal.timeout(timeoutMs * 2),
  };
  return (await driver.open(checked.value, host)).value;
}
