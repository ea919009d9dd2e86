import type { Slots } from '@weft/core';
import type { LoadedDriver } from './load-drivers.js';
import type { CodedProblem } from './problems.js';

/** Drivers with those first that others need, or what stands in the way. */
export interface OrderedDrivers {
  /** Those that others need come first. */
  readonly drivers: readonly LoadedDriver[];
  /** Needs that nothing fills, and circles. */
  readonly problems: readonly CodedProblem[];
}

/**
 * Orders drivers by what they need; those that do not depend on each other stay in their order (depth first, R. Tarjan,
 * "Edge-disjoint spanning trees and depth-first search", 1976).
 * @param builtIn slots that are filled without a driver
 */
export function orderByNeeds(drivers: readonly LoadedDriver[], builtIn: ReadonlySet<keyof Slots>): OrderedDrivers {
  const ordered = new Set<LoadedDriver>();
  const problems: CodedProblem[] = [];
  const way: LoadedDriver[] = [];

  const visit = (driver: LoadedDriver) => {
    if (ordered.has(driver)) return;
    if (way.includes(driver)) return void problems.push(circle([...way.slice(way.indexOf(driver)), driver]));
    way.push(driver);
    for (const need of driver.driver.needs ?? []) {
      const fillers = drivers.filter(({ slot }) => slot === need);
      if (fillers.length === 0 && !builtIn.has(need)) problems.push(unfilled(driver, need));
      for (const filler of fillers) visit(filler);
    }
    way.pop();
    ordered.add(driver);
  };

  for (const driver of drivers) visit(driver);
  return { drivers: [...ordered], problems };
}

/** `registry "consul"`. */
export function titleOf({ slot, name }: Pick<LoadedDriver, 'slot' | 'name'>): string {
  return `${slot} "${name}"`;
}

function unfilled(driver: LoadedDriver, need: keyof Slots): CodedProblem {
  const message = `${titleOf(driver)} needs the slot "${need}", and nothing fills it`;
  return { path: driver.path, message, code: 'WEFT_PLUGIN_INVALID' };
}

function circle(way: readonly LoadedDriver[]): CodedProblem {
  const message = `these need each other: ${way.map(titleOf).join(' -> ')}`;
  return { path: way[0]?.path ?? '', message, code: 'WEFT_PLUGIN_INVALID' };
}
