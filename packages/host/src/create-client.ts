import type { CallMiddleware, Client, Policies } from '@weft/client';
import type { CircuitBreaker, ClientTransport, LoadBalancer, RateLimitStore, ReplyCache } from '@weft/core';
import type { Registry } from '@weft/registry';
import { z } from 'zod';
import { registryBlock, transport } from './backend-blocks.js';
import type { GivenParts } from './blueprint.js';
import { circuitBreaker, clientBlock, loadBalancer } from './client-block.js';
import type { CircuitBreakerSection, ClientSection, LoadBalancerSection } from './client-section.js';
import { blueprintOf, type CreateOptions } from './create-options.js';
import type { DriverName } from './driver-section.js';
import { aRateLimitStore, givenBalancer, givenBreaker, instance, isRateLimitStore } from './given-parts.js';
import { cache, policies, rateLimits } from './governance-blocks.js';
import { openAlone } from './open-alone.js';
import { checkConfig } from './parse-config.js';
import { block, expected, text } from './schema-parts.js';
import type { CacheSection, OptionalSection, RegistrySection, TransportSection, WeftConfig } from './weft-config.js';

/** What a client is made from: the words of the `client` block, and where services are found. */
export interface CreateClientConfig<
  RegistryName extends string = string,
  BreakerName extends string = string,
  TransportName extends string = string,
> extends Omit<ClientSection, 'loadBalancer' | 'circuitBreaker'> {
  /** A driver's word, the `registry` block, or a registry, which stays the caller's. Driver `file` unless set. */
  readonly registry?: string | RegistrySection<RegistryName> | Registry;
  /** Address of the registry, as the seed writes it (S11). */
  readonly registryAddress?: string;
  /** A driver's word or block, several of them, or ready-made ones, which stay the caller's. `http` unless set. */
  readonly transport?:
    | string
    | TransportSection<TransportName>
    | readonly (string | TransportSection)[]
    | ClientTransport
    | readonly ClientTransport[];
  /** A strategy, the block, or a balancer (S14). */
  readonly loadBalancer?: string | LoadBalancerSection | LoadBalancer;
  /** On, off, the block, or a breaker (S13). */
  readonly circuitBreaker?: boolean | CircuitBreakerSection<BreakerName> | CircuitBreaker | (() => CircuitBreaker);
  /** How calls are governed, by service and route; or the JSON or YAML file that says so. */
  readonly policies?: string | Policies;
  /** Keeps answers for whom they are fresh, as the `cache` block says; or a cache, which stays the caller's. */
  readonly cache?: boolean | CacheSection | ReplyCache;
  /** Where limits are counted: a driver's word or block, or a store, which stays the caller's. In the process unless set. */
  readonly rateLimit?: string | OptionalSection | RateLimitStore;
  /** Around every call; first = outermost. */
  readonly middleware?: CallMiddleware | readonly CallMiddleware[];
}

const optional = z.exactOptional;
const aTransport = instance<ClientTransport>((value) => 'send' in value);
const aCache = instance<ReplyCache>((value) => 'through' in value);
const aMiddleware = instance<CallMiddleware>((value) => typeof value === 'function');

/** Ready-made parts stand where words and blocks do. */
const createClientBlock = block({
  ...clientBlock.shape,
  registry: optional(
    z.union([text, instance<Registry>(isRegistry), registryBlock], expected('a driver, { driver, ... }, or a Registry')),
  ),
  registryAddress: optional(text),
  transport: optional(
    z.union([aTransport, z.array(aTransport), transport], expected('a driver, { driver, ... }, or a transport')),
  ),
  loadBalancer: optional(z.union([givenBalancer, loadBalancer], expected('a strategy or a balancer'))),
  circuitBreaker: optional(z.union([givenBreaker, circuitBreaker], expected('true, false, { threshold, ... } or a breaker'))),
  policies: optional(policies),
  cache: optional(z.union([aCache, cache], expected('true, false, { ttl, ... } or a cache'))),
  rateLimit: optional(z.union([aRateLimitStore, rateLimits], expected('a driver, { driver, ... }, or a store'))),
  middleware: optional(z.union([aMiddleware, z.array(aMiddleware)], expected('a middleware or a list of them'))),
});

/**
 * A client from plain words; `close()` closes the drivers that were opened for it.
 * @throws WEFT_CONFIG_INVALID WEFT_PLUGIN_INVALID WEFT_PLUGIN_NOT_INSTALLED
 */
export async function createClient<
  const RegistryName extends DriverName<'registry'> = 'file',
  const BreakerName extends DriverName<'breaker'> = never,
  const TransportName extends DriverName<'transport'> = 'http',
>(config: CreateClientConfig<RegistryName, BreakerName, TransportName>, options: CreateOptions = {}): Promise<Client> {
  const checked = checkConfig(createClientBlock, config);
  const { system, given } = wordsAndParts(checked.config as CreateClientConfig);
  const { problems } = checked;
  return openAlone(blueprintOf('createClient', { config: system, problems }, ['client'], options, given), 'client');
}

/** Words apart from ready-made parts. */
function wordsAndParts(config: CreateClientConfig): { system: WeftConfig; given: GivenParts } {
  const {
    registry,
    registryAddress,
    transport: wires,
    loadBalancer: balancer,
    circuitBreaker: breaker,
    policies: rules,
    cache: keeping,
    rateLimit: limits,
    middleware,
    ...client
  } = config;
  const given: GivenParts = {
    ...(typeof registry === 'object' && isRegistry(registry) && { registry }),
    ...(isTransports(wires) && { transport: wires }),
    ...(isBalancer(balancer) && { loadBalancer: balancer }),
    ...((typeof breaker === 'function' || (typeof breaker === 'object' && isBreaker(breaker))) && {
      circuitBreaker: breaker as CircuitBreaker,
    }),
    ...(isCache(keeping) && { cache: keeping }),
    ...(isRateLimitStore(limits) && { rateLimits: limits }),
    ...(middleware && { middleware }),
  };
  const words = {
    client: {
      ...client,
      ...(balancer && !given.loadBalancer && { loadBalancer: balancer }),
      ...(breaker !== undefined && !given.circuitBreaker && { circuitBreaker: breaker }),
    },
    ...(registry && !given.registry && { registry: withAddress(registry as string | RegistrySection, registryAddress) }),
    ...(!registry && registryAddress && { registry: { address: registryAddress } }),
    ...(wires && !given.transport && { transport: wires }),
    ...(rules && { policies: rules }),
    ...(keeping !== undefined && { cache: given.cache ? true : keeping }),
    ...(limits && !given.rateLimits && { rateLimit: limits }),
  };
  return { system: words as WeftConfig, given };
}

/** A registry's block with the address beside it. */
export function withAddress(registry: string | RegistrySection, address: string | undefined): RegistrySection {
  const section = typeof registry === 'string' ? { driver: registry } : registry;
  return address === undefined ? section : { ...section, address };
}

/** Also recognises a registry of another copy of its package. */
export function isRegistry(value: object): value is Registry {
  return 'announce' in value && 'view' in value;
}

function isCache(value: unknown): value is ReplyCache {
  return typeof value === 'object' && value !== null && 'through' in value;
}

function isBreaker(value: object): boolean {
  return typeof value === 'function' || 'tryEnter' in value;
}

function isBalancer(value: unknown): value is LoadBalancer {
  return typeof value === 'object' && value !== null && 'pick' in value;
}

function isTransports(value: unknown): value is ClientTransport | readonly ClientTransport[] {
  const first: unknown = Array.isArray(value) ? value[0] : value;
  return typeof first === 'object' && first !== null && 'send' in first;
}
