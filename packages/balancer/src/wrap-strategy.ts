import type { LoadBalancer } from '@weft/core';
import { avoidPushback } from './avoid-pushback.js';
import { filterInstances } from './filter-instances.js';
import type { LoadBalancerOptions } from './load-balancer-options.js';
import { preferZone } from './prefer-zone.js';
import { splitByVersion } from './split-by-version.js';
import { subset } from './subset.js';

type Create = () => LoadBalancer;

/**
 * Puts around a strategy what its options ask for, in the order that makes it right: who asked to be left alone is avoided
 * wherever it stands; a filter holds for all that follows; versions get their share of all calls; zones are looked at within a
 * version, and a caller chooses its few within a zone.
 */
export function wrapStrategy(create: Create, options: LoadBalancerOptions): LoadBalancer {
  const { clock, random } = options;
  const time = clock && { clock };
  const chance = random && { random };
  const { subset: few, zone, split, filter, pushback } = options;
  const layers: ((create: Create) => LoadBalancer)[] = [];
  if (few) layers.push((inner) => subset(inner, { ...(typeof few === 'number' ? { size: few } : few), ...chance }));
  if (zone) layers.push((inner) => preferZone(inner, typeof zone === 'string' ? { name: zone } : zone));
  if (split) layers.push((inner) => splitByVersion(inner, { weights: split }));
  if (filter) layers.push((inner) => filterInstances(inner, filter));
  if (pushback !== false) layers.push((inner) => avoidPushback(inner, { ...(pushback && { pause: pushback }), ...time }));
  const outermost = layers.reduce<Create>((inner, layer) => () => layer(inner), create);
  return outermost();
}
