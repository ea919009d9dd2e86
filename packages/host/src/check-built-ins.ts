import { createLoadBalancer } from '@weft/balancer';
import { CircuitBreaker } from '@weft/breaker';
import { assertClientOptions } from '@weft/client';
import { type Problem, WeftError } from '@weft/core';
import { AllowedAddresses } from '@weft/registry';
import { Service } from '@weft/service';
import { serviceOptionsOf, strayRateLimitKeys } from './plan-stores.js';
import { unknownKeyMessage } from './schema-parts.js';
import type { ServiceSection } from './service-section.js';
import type { WeftConfig } from './weft-config.js';

const BREAKER_KEYS: readonly string[] = [
  'mode',
  'threshold',
  'window',
  'minCalls',
  'ratio',
  'slow',
  'timeout',
  'halfOpen',
  'probes',
];

/** Whether `@weft/balancer` brings the strategy itself. */
export function isBuiltInStrategy(strategy: string): boolean {
  return problemsIn(() => createLoadBalancer(strategy), 'strategy').length === 0;
}

/** What is wrong with the options of a built-in strategy, with paths below `path`. */
export function checkStrategy(strategy: string, options: Readonly<Record<string, unknown>>, path: string): Problem[] {
  return problemsIn(() => createLoadBalancer({ strategy, options }), path, 'loadBalancer');
}

/** What is wrong with the options of the built-in breaker, with paths below `path`. */
export function checkBreaker(options: Readonly<Record<string, unknown>>, path: string): Problem[] {
  const keys = Object.keys(options).filter((key) => !BREAKER_KEYS.includes(key));
  const unknown = keys.map((key) => ({ path: `${path}.${key}`, message: unknownKeyMessage(key, BREAKER_KEYS) }));
  return [...unknown, ...problemsIn(() => new CircuitBreaker(options), path, 'circuitBreaker')];
}

/** What the registry itself says of where instances may be. */
export function checkRegistry({ registry }: WeftConfig): Problem[] {
  const { allowedAddresses = [] } = typeof registry === 'object' ? registry : {};
  return allowedAddresses.length === 0 ? [] : problemsIn(() => new AllowedAddresses(allowedAddresses), 'registry');
}

/** What a client itself says of its options; its balancer and its breaker are parts of their own. */
export function checkClient({ client = {} }: WeftConfig): Problem[] {
  return problemsIn(() => assertClientOptions(client), 'client');
}

/** What the client says of sockets and answers where nobody takes it. */
export function checkTransportWords({ client = {} }: WeftConfig): Problem[] {
  const words = (['pool', 'limits'] as const).filter((word) => client[word] !== undefined);
  const message = 'has no effect without the built-in HTTP transport: what another one offers belongs into its own block';
  return words.map((word) => ({ path: `client.${word}`, message }));
}

/** What a service itself says of its options. */
export function checkService(service: ServiceSection): Problem[] {
  return problemsIn(() => new Service(serviceOptionsOf(service)), 'service');
}

/** Keys that nobody reads: limits that are counted in the process take no options. */
export function checkRateLimit(config: WeftConfig): Problem[] {
  const known = ['driver', 'from', 'enabled'];
  return strayRateLimitKeys(config).map((key) => ({ path: `rateLimit.${key}`, message: unknownKeyMessage(key, known) }));
}

/** What is wrong with the options of the built-in logger. */
export function checkLogging(options: Readonly<Record<string, unknown>>): Problem[] {
  const known = ['level', 'redact', 'secrets', 'pretty'];
  const unknown = Object.keys(options).filter((key) => !known.includes(key));
  return unknown.map((key) => ({ path: `logging.${key}`, message: unknownKeyMessage(key, [...known, 'driver', 'from']) }));
}

function problemsIn(make: () => unknown, path: string, builtInPath = path): Problem[] {
  try {
    make();
    return [];
  } catch (error) {
    if (!(error instanceof WeftError)) throw error;
    const problems = error.problems ?? [{ path: builtInPath, message: error.message }];
    return problems.map((problem) => ({ path: problem.path.replace(builtInPath, path), message: problem.message }));
  }
}
