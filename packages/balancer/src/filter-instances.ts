import type { LoadBalancer, ServiceInstance } from '@weft/core';
import { type BalancerReader, readAlone } from './balancer-reader.js';
import { oncePerSnapshot } from './once-per-snapshot.js';
import { isVersionOf } from './version-match.js';

/** Options of `filterInstances`: everything that is set has to be true of an instance. */
export interface FilterOptions {
  /** Its version is this one or one of it: `2.1` has 2.1.0 and 2.1.3, not 2.10.0. */
  readonly version?: string;
  /** It has all of these tags. */
  readonly tags?: readonly string[];
  /** Its metadata has all of these values. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/**
 * Calls go only to instances that fit, whatever happens to them: when none fits nobody is picked, because an instance that was
 * excluded is no better than none.
 * @param create makes the strategy that shares the calls
 * @throws WEFT_CONFIG_INVALID when an option is wrong
 */
export function filterInstances(create: () => LoadBalancer, options: FilterOptions): LoadBalancer {
  const wanted = readAlone((reader) => readFilter(options, reader));
  const inner = create();
  const fittingOf = oncePerSnapshot((from) => from.filter(({ instance }) => fits(instance, wanted)));
  return { strategy: inner.strategy, pick: (from, call) => inner.pick(fittingOf(from), call) };
}

/** Options from `filter` of a config. */
export function readFilter(filter: FilterOptions, reader: BalancerReader): FilterOptions {
  const { version, tags, metadata } = reader.block('filter', filter, ['version', 'tags', 'metadata']);
  if (version !== undefined) reader.text('filter.version', version);
  if (tags !== undefined) reader.texts('filter.tags', tags);
  const entries =
    metadata === undefined ? [] : reader.entries('filter.metadata', metadata, 'of texts, such as { "region": "eu" }');
  for (const [key, value] of entries) reader.text(`filter.metadata.${key}`, value);
  return filter;
}

function fits({ version, tags, metadata }: ServiceInstance, wanted: FilterOptions): boolean {
  return (
    (wanted.version === undefined || isVersionOf(version, wanted.version)) &&
    (wanted.tags ?? []).every((tag) => tags.includes(tag)) &&
    Object.entries(wanted.metadata ?? {}).every(([key, value]) => metadata[key] === value)
  );
}
