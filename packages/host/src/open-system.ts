import { resolve } from 'node:path';
import type { Client } from '@weft/client';
import { ConfigClient, type ConfigOptions } from '@weft/config';
import { type Logger, type Metrics, noopMetrics, type Slots, type Tracer } from '@weft/core';
import { Registry, type RegistryOptions } from '@weft/registry';
import type { Service } from '@weft/service';
import { createTracer } from '@weft/tracing';
import type { Blueprint } from './blueprint.js';
import { buildClient } from './build-client.js';
import { buildService } from './build-service.js';
import { followCenter, isCenterAsked } from './follow-center.js';
import { hideSecretsOf, hostLogger } from './host-logger.js';
import { withInstanceId } from './instance-id.js';
import { LifeCycle } from './life-cycle.js';
import type { LoadedDriver } from './load-drivers.js';
import { loadSystem } from './load-system.js';
import { openDrivers } from './open-drivers.js';
import { titleOf } from './order-by-needs.js';
import { CONFIG_KEYS, isTracing, REGISTRY_KEYS, serviceNameOf, timeoutMsOf } from './plan-drivers.js';
import type { CodedProblem } from './problems.js';
import { serviceStep } from './service-step.js';
import { splitBlock } from './split-block.js';
import type { Surroundings } from './surroundings.js';
import { TracedConfigClient } from './traced-config-client.js';

/** The step that withdraws what is registered here, and closes the driver. */
export const REGISTRY_STEP = 'the registry';

/** Parts that were built, and their life cycle. */
export interface System {
  /** Starts and stops all of it. */
  readonly lifeCycle: LifeCycle;
  /** In the order in which they were opened. */
  readonly drivers: readonly LoadedDriver[];
  /** Why a slot stays empty that nobody asked for. */
  readonly absent: ReadonlyMap<keyof Slots, CodedProblem>;
  /** Where log lines go. */
  readonly logger: Logger;
  /** Where measurements go. */
  readonly metrics: Metrics;
  /** Makes spans; recorded only when tracing is on. */
  readonly tracer: Tracer;
  /** When it was asked for, or something needs it. */
  readonly registry?: Registry;
  /** When it was asked for and there is a driver. */
  readonly config?: ConfigClient;
  /** When it was asked for and there is a transport. */
  readonly client?: Client;
  /** When it was asked for and the config has such a block. */
  readonly service?: Service;
}

/**
 * Loads, checks and opens what a blueprint needs, and builds its parts; starts nothing. A failure closes what was opened.
 * @throws WEFT_CONFIG_INVALID WEFT_PLUGIN_INVALID WEFT_PLUGIN_NOT_INSTALLED before anything is opened
 * @throws WEFT_DEADLINE_EXCEEDED naming the driver that does not open within 10 s
 */
export async function openSystem(asked: Blueprint): Promise<System> {
  const blueprint = withInstanceId(asked);
  const { drivers, absent, policies, cache = blueprint.given.cache } = await loadSystem(blueprint);
  const { clock, folder, given } = blueprint;
  const logger = given.logger ?? hostLogger(blueprint);
  hideSecretsOf(blueprint.config, logger);
  const lifeCycle = new LifeCycle({ clock, logger });
  const tracer = given.tracer ?? createTracer({ serviceName: serviceNameOf(blueprint.config) });
  const metrics = given.metrics ?? noopMetrics;
  const builtIn = { logging: logger, tracing: tracer, metrics };
  const slots = await openDrivers(drivers, {
    lifeCycle,
    clock,
    folder,
    logger,
    builtIn,
    timeoutMsOf: (slot) => timeoutMsOf(blueprint.config, slot),
  });
  hideSecretsOf(blueprint.config, slots.logger);
  const all = { lifeCycle, drivers, absent, logger: slots.logger, metrics: slots.all('metrics')[0] ?? metrics };
  const spans = slots.all('tracing')[0] ?? tracer;
  const isTraced = given.tracer !== undefined || slots.all('tracing').length > 0 || isTracing(blueprint.config);
  const surroundings = { ...all, blueprint, slots, policies, cache, tracer: isTraced ? spans : undefined };
  const parts = await lifeCycle.open('the system', () => buildParts(surroundings, lifeCycle));
  return { ...all, tracer: spans, ...parts };
}

/**
 * The service is last to start and first to stop. Registry and config center close their drivers, so they stand right
 * behind them: plugins that need such a driver stop before.
 */
function buildParts(
  surroundings: Surroundings,
  lifeCycle: LifeCycle,
): Pick<System, 'registry' | 'config' | 'client' | 'service'> {
  const { blueprint, drivers } = surroundings;
  const { parts, given } = blueprint;
  const driverOf = (slot: keyof Slots) => drivers.filter((driver) => driver.slot === slot).map(titleOf)[0];
  const registry = given.registry ?? buildRegistry(surroundings);
  if (registry && !given.registry) lifeCycle.add({ name: REGISTRY_STEP, stop: closeOf(registry) }, driverOf('registry'));
  const config = parts.has('config') ? buildConfig(surroundings) : undefined;
  if (config) lifeCycle.add({ name: 'the config center', stop: closeOf(config) }, driverOf('config'));
  const client = registry && parts.has('client') ? buildClient(surroundings, registry) : undefined;
  if (client)
    lifeCycle.add({ name: 'the client', stop: closeOf(client), ...(!blueprint.isHost && { stopMs: Number.POSITIVE_INFINITY }) });
  if (config && isCenterAsked(surroundings)) lifeCycle.add(followCenter(surroundings, config, client));
  const service = registry && parts.has('service') ? buildService(surroundings, registry) : undefined;
  if (service && blueprint.isHost) lifeCycle.add(serviceStep(service));
  return { ...(registry && { registry }), ...(config && { config }), ...(client && { client }), ...(service && { service }) };
}

function buildRegistry({ blueprint, slots, logger, metrics }: Surroundings): Registry | undefined {
  const driver = slots.get('registry');
  const { own } = splitBlock(blueprint.config.registry, REGISTRY_KEYS);
  const { clock, random, folder } = blueprint;
  const { snapshotFile, ...options } = own as RegistryOptions;
  const snapshot = snapshotFile === undefined ? {} : { snapshotFile: resolve(folder, snapshotFile) };
  return driver && new Registry(driver, { ...options, ...snapshot, clock, random, logger, metrics });
}

function buildConfig({ blueprint, slots, logger, metrics, tracer }: Surroundings): ConfigClient | undefined {
  const driver = slots.get('config');
  const { own } = splitBlock(blueprint.config.config, CONFIG_KEYS);
  const { clock, random } = blueprint;
  const options = { ...(own as ConfigOptions), clock, random, logger, metrics };
  if (!driver) return undefined;
  return tracer ? new TracedConfigClient(driver, options, tracer) : new ConfigClient(driver, options);
}

/** Bound now, because `close` of what `createX` returns is replaced by one that stops the whole life cycle. */
function closeOf(part: { close(): Promise<void> | void }): () => Promise<void> | void {
  return part.close.bind(part);
}
