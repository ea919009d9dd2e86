import { parseDuration, type Slots } from '@weft/core';
import type { Blueprint } from './blueprint.js';
import { isBuiltInStrategy } from './check-built-ins.js';
import type { DriverRequest } from './load-drivers.js';
import { isPlainObject } from './normalise-keys.js';
import { idempotencyRequest, rateLimitRequest } from './plan-stores.js';
import { joinPath } from './problems.js';
import { splitBlock } from './split-block.js';
import type { WeftConfig } from './weft-config.js';

type TransportBlock = string | Readonly<Record<string, unknown>> | undefined;

/** Keys of the `registry` block that the host reads itself. */
export const REGISTRY_KEYS: readonly string[] = [
  'timeout',
  'ttl',
  'staleAfter',
  'snapshotFile',
  'selfPreservation',
  'allowedAddresses',
];

/** Keys of the `config` block that the host reads itself. */
export const CONFIG_KEYS: readonly string[] = ['prefix', 'timeout', 'staleAfter', 'secrets'];

/** The drivers that a blueprint needs, in the order in which they are opened when no need says otherwise. */
export function planDrivers(blueprint: Blueprint): DriverRequest[] {
  const { config, parts, given } = blueprint;
  const isCalled = parts.has('client') || parts.has('service');
  return [
    ...(parts.has('logging') && !given.logger ? loggingRequest(config) : []),
    ...(parts.has('metrics') && !given.metrics ? metricsRequest(config) : []),
    ...(parts.has('tracing') && !given.tracer ? tracingRequest(config) : []),
    ...((parts.has('registry') || isCalled) && !given.registry ? [registryRequest(config)] : []),
    ...(parts.has('config') ? [configRequest(blueprint)] : []),
    ...(given.transport ? [] : transportRequests(blueprint)),
    ...(isCalled && !given.rateLimits ? rateLimitRequest(config) : []),
    ...(parts.has('service') ? idempotencyRequest(config) : []),
    ...(parts.has('client') && !given.loadBalancer ? balancerRequest(config) : []),
    ...(parts.has('client') && !given.circuitBreaker ? breakerRequest(config) : []),
  ];
}

/** The plugins of a config. They are loaded first: one of them may fill any slot. */
export function planPlugins({ plugins = [] }: WeftConfig): DriverRequest[] {
  return plugins.map((plugin, at) => {
    const path = joinPath('plugins', at);
    const { from, options = {} } = typeof plugin === 'string' ? { from: plugin } : plugin;
    return { slot: 'plugin', path, from, options, optionsPath: `${path}.options` };
  });
}

/** The balancing that the client is configured with: its own block wins over the config's. */
export function balancingOf({ client, loadBalancer }: WeftConfig): {
  readonly path: string;
  readonly strategy: string;
  readonly from?: string | undefined;
  readonly options: Readonly<Record<string, unknown>>;
} {
  const block = typeof loadBalancer === 'string' ? { strategy: loadBalancer } : loadBalancer;
  const own = typeof client?.loadBalancer === 'string' ? { strategy: client.loadBalancer } : client?.loadBalancer;
  const isSame = own?.strategy === undefined || own.strategy === (block?.strategy ?? 'round_robin');
  const { from, options = {} } = { ...(isSame ? block : { options: pickMaxRetries(block?.options) }), ...own };
  const strategy = own?.strategy ?? block?.strategy ?? 'round_robin';
  return { path: own ? 'client.loadBalancer' : 'loadBalancer', strategy, from, options };
}

/** The breaker that the client is configured with: `true` leaves it to the config's block. */
export function breakingOf({ client, circuitBreaker = true }: WeftConfig): {
  readonly path: string;
  readonly block: false | Readonly<Record<string, unknown>>;
} {
  const own = client?.circuitBreaker;
  const isOwn = own !== undefined && own !== true;
  const block = isOwn ? own : own === true && circuitBreaker === false ? true : circuitBreaker;
  return { path: isOwn ? 'client.circuitBreaker' : 'circuitBreaker', block: block === true ? {} : block };
}

/** By when each operation of a slot's driver has to be answered, in ms, where the config says so; plugins too go by it. */
export function timeoutMsOf(config: WeftConfig, slot: keyof Slots): number | undefined {
  if (slot !== 'registry' && slot !== 'config') return undefined;
  const { timeout } = splitBlock(config[slot], ['timeout']).own;
  return timeout === undefined ? undefined : parseDuration(timeout, `${slot}.timeout`);
}

/** Whether spans are made at all: the block is there and not switched off. */
export function isTracing({ tracing }: WeftConfig): boolean {
  return tracing !== undefined && tracing.enabled !== false;
}

/** How many further instances one call may try is the client's business, whatever the strategy. */
function pickMaxRetries(options: Readonly<Record<string, unknown>> = {}): Readonly<Record<string, unknown>> {
  return 'maxRetries' in options ? { maxRetries: options.maxRetries } : {};
}

function registryRequest({ registry }: WeftConfig): DriverRequest {
  const { driver = 'file', from, rest } = splitBlock(registry, REGISTRY_KEYS);
  return {
    slot: 'registry',
    path: 'registry',
    word: driver,
    from,
    options: rest,
    isUnasked: registry === undefined,
    hostKeys: ['driver', 'from', ...REGISTRY_KEYS],
  };
}

function configRequest({ config: { config }, isHost }: Blueprint): DriverRequest {
  const { driver = 'file', from, rest } = splitBlock(config, CONFIG_KEYS);
  const isUnasked = config === undefined;
  return {
    slot: 'config',
    path: 'config',
    word: driver,
    from,
    options: rest,
    isUnasked,
    mayBeAbsent: isUnasked && isHost,
    hostKeys: ['driver', 'from', ...CONFIG_KEYS],
  };
}

function transportRequests({ config, parts, isHost }: Blueprint): DriverRequest[] {
  const { transport, client } = config;
  if (!parts.has('client') && transport === undefined) return [];
  const isUnasked = transport === undefined;
  return transportsOf(config).map(({ driver, from, rest }, at) => {
    const { pool, limits } = client ?? {};
    const isHttp = isBuiltInHttp({ driver, from });
    const options = isHttp ? { ...rest, ...within('pool', pool, rest), ...within('limits', limits, rest) } : rest;
    const path = Array.isArray(transport) ? joinPath('transport', at) : 'transport';
    return { slot: 'transport', path, word: driver, from, options, isUnasked, mayBeAbsent: isUnasked && isHost && !client };
  });
}

/** Whether one of the transports takes what the client says of its `pool` and its `limits`. */
export function hasBuiltInHttp(config: WeftConfig): boolean {
  return transportsOf(config).some(isBuiltInHttp);
}

function transportsOf({ transport }: WeftConfig) {
  const blocks: readonly TransportBlock[] = Array.isArray(transport) ? transport : [transport];
  return blocks.map((block) => {
    const { driver = 'http', from, rest } = splitBlock(block);
    return { driver, from, rest };
  });
}

function isBuiltInHttp({ driver, from }: { readonly driver: string; readonly from: string | undefined }): boolean {
  return driver === 'http' && from === undefined;
}

/** What the client says of a part of its transport, under what the transport's own block says of it word by word. */
function within(part: string, client: object | undefined, { [part]: own }: Readonly<Record<string, unknown>>): object {
  if (client === undefined || (own !== undefined && !isPlainObject(own))) return {};
  return { [part]: { ...client, ...own } };
}

function balancerRequest(config: WeftConfig): DriverRequest[] {
  const { path, strategy, from, options } = balancingOf(config);
  if (from === undefined && isBuiltInStrategy(strategy)) return [];
  const { maxRetries: _, ...rest } = options;
  return [{ slot: 'balancer', path, word: strategy, from, options: rest, optionsPath: `${path}.options` }];
}

function breakerRequest(config: WeftConfig): DriverRequest[] {
  const { path, block } = breakingOf(config);
  const { driver, from, rest } = splitBlock(block || {});
  return driver === undefined && from === undefined ? [] : [{ slot: 'breaker', path, word: driver, from, options: rest }];
}

/** An exporter is needed only for what the facade alone cannot do: to choose and to report. */
function tracingRequest(config: WeftConfig): DriverRequest[] {
  if (!isTracing(config)) return [];
  const { driver, from, rest } = splitBlock(config.tracing, ['enabled']);
  const { serviceName = serviceNameOf(config), ...options } = rest;
  if (driver === undefined && from === undefined && Object.keys(options).length === 0) return [];
  return [{ slot: 'tracing', path: 'tracing', word: driver ?? 'otel', from, options: { serviceName, ...options } }];
}

function metricsRequest(config: WeftConfig): DriverRequest[] {
  const { metrics } = config;
  if (!metrics || metrics.enabled === false) return [];
  const { driver = 'otel', from, rest } = splitBlock(metrics, ['enabled']);
  const options = driver === 'otel' && !from ? { serviceName: serviceNameOf(config), ...rest } : rest;
  return [{ slot: 'metrics', path: 'metrics', word: driver, from, options }];
}

function loggingRequest({ logging }: WeftConfig): DriverRequest[] {
  const { driver, from, rest } = splitBlock(logging);
  return driver === undefined && from === undefined
    ? []
    : [{ slot: 'logging', path: 'logging', word: driver, from, options: rest }];
}

/** The name that this process goes by. */
export function serviceNameOf({ tracing, service, client }: WeftConfig): string {
  return tracing?.serviceName ?? service?.name ?? client?.serviceName ?? 'weft';
}
