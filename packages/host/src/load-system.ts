import type { Policies } from '@weft/client';
import type { ReplyCache, Slots } from '@weft/core';
import { type Blueprint, BUILT_IN_SLOTS } from './blueprint.js';
import {
  checkBreaker,
  checkClient,
  checkLogging,
  checkRateLimit,
  checkRegistry,
  checkService,
  checkStrategy,
  checkTransportWords,
} from './check-built-ins.js';
import { checkLaterParts } from './later-parts.js';
import { loadCache } from './load-cache.js';
import { type DriverRequest, type LoadedDriver, loadDrivers } from './load-drivers.js';
import { orderByNeeds, titleOf } from './order-by-needs.js';
import { balancingOf, breakingOf, hasBuiltInHttp, planDrivers, planPlugins } from './plan-drivers.js';
import { type CodedProblem, refuse } from './problems.js';
import { readPolicies } from './read-policies.js';

/** Drivers that are ready to be opened, in order. */
export interface LoadedSystem {
  /** Those that others need come first. */
  readonly drivers: readonly LoadedDriver[];
  /** Why a slot stays empty that nobody asked for. */
  readonly absent: ReadonlyMap<keyof Slots, CodedProblem>;
  /** Of the config, and of the file that it names. */
  readonly policies: Policies;
  /** When the config switches it on. */
  readonly cache?: ReplyCache;
}

/**
 * Loads and checks everything that a blueprint needs, before anything is opened.
 * @throws WEFT_CONFIG_INVALID WEFT_PLUGIN_INVALID WEFT_PLUGIN_NOT_INSTALLED with all `problems`
 */
export async function loadSystem(blueprint: Blueprint): Promise<LoadedSystem> {
  const { config, folders, source, parts, fromEnv } = blueprint;
  const plugins = await loadDrivers(parts.has('plugins') ? planPlugins(config) : [], folders, fromEnv);
  const { requests, problems: misplaced } = withoutFilled(planDrivers(blueprint), plugins.drivers);
  const loaded = await loadDrivers(requests, folders, fromEnv);
  const drivers = [...loaded.drivers, ...plugins.drivers];
  const filled = new Set(drivers.map(({ slot }) => slot));
  const [read, cached] = await Promise.all([readPolicies(blueprint), loadCache(blueprint)]);
  const found = [
    ...blueprint.problems,
    ...checkBuiltIns(blueprint, filled),
    ...read.problems,
    ...loaded.problems,
    ...plugins.problems,
    ...misplaced,
    ...clashes(drivers),
  ];
  const later = checkLaterParts(config, folders);
  const isComplete = loaded.problems.length + plugins.problems.length === 0;
  const ordered = isComplete ? orderByNeeds(drivers, BUILT_IN_SLOTS) : { drivers: [], problems: [] };
  refuse(source, [...found, ...ordered.problems, ...cached.problems, ...later]);
  const { policies } = read;
  return { drivers: ordered.drivers, absent: loaded.absent, policies, ...(cached.cache && { cache: cached.cache }) };
}

/** The requests that no plugin answers. A plugin that fills a slot has its options in its own entry. */
function withoutFilled(requests: readonly DriverRequest[], plugins: readonly LoadedDriver[]) {
  const problems: CodedProblem[] = [];
  const open = requests.filter((request) => {
    const plugin = plugins.find(({ slot, name }) => slot === request.slot && (request.isUnasked || name === request.word));
    if (!plugin || (request.isUnasked && request.slot === 'transport')) return true;
    if (request.from !== undefined) return true;
    const misplaced = Object.keys(request.options).map((key) => `${request.optionsPath ?? request.path}.${key}`);
    problems.push(
      ...misplaced.map((path) => ({
        path,
        message: `belongs into ${plugin.path}.options: ${titleOf(plugin)} comes from there.`,
      })),
    );
    return false;
  });
  return { requests: open, problems };
}

/** Two for one slot, or two of one name where a slot takes several. */
function clashes(drivers: readonly LoadedDriver[]): CodedProblem[] {
  const first = new Map<string, LoadedDriver>();
  return drivers.flatMap((driver) => {
    const takesSeveral = driver.slot === 'plugin' || driver.slot === 'transport';
    const key = takesSeveral ? titleOf(driver) : driver.slot;
    const other = first.get(key);
    if (!other) first.set(key, driver);
    const what = takesSeveral
      ? 'has the same name as another one'
      : `and ${other && titleOf(other)} both fill the slot "${driver.slot}"`;
    const message = `${titleOf(driver)} ${what} (at ${other?.path})`;
    return other ? [{ path: driver.path, message, code: 'WEFT_PLUGIN_INVALID' as const }] : [];
  });
}

function checkBuiltIns({ config, parts, given }: Blueprint, filled: ReadonlySet<keyof Slots>): CodedProblem[] {
  const problems: CodedProblem[] = [];
  const { driver: _, from: __, ...logging } = config.logging ?? {};
  if (parts.has('logging') && !given.logger && !filled.has('logging') && !config.logging?.driver)
    problems.push(...checkLogging(logging));
  if (parts.has('service') && config.service) problems.push(...checkService(config.service));
  if (!given.rateLimits) problems.push(...checkRateLimit(config));
  if (!given.registry) problems.push(...checkRegistry(config));
  if (!parts.has('client')) return problems;
  problems.push(...checkClient(config));
  if (given.transport || !hasBuiltInHttp(config)) problems.push(...checkTransportWords(config));
  const { strategy, from, options, path } = balancingOf(config);
  const breaking = breakingOf(config);
  const isOwnBalancer = from !== undefined || filled.has('balancer');
  if (!given.loadBalancer && !isOwnBalancer)
    problems.push(...checkStrategy(strategy, options, path).filter((each) => each.path !== `${path}.strategy`));
  const isOwnBreaker =
    breaking.block === false || 'driver' in breaking.block || 'from' in breaking.block || filled.has('breaker');
  if (!given.circuitBreaker && !isOwnBreaker) problems.push(...checkBreaker(breaking.block || {}, breaking.path));
  return problems;
}
