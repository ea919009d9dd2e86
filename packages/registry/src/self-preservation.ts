import { invalidOption, shown, type WeftError } from '@weft/core';

/** When instances that vanish are not believed to have gone. */
export interface SelfPreservationOptions {
  /** How many have to vanish at once; default 2: a single one is always believed to have gone. */
  readonly minInstances?: number | undefined;
  /** More than which part of the service has to vanish at once, 0-1; default 0.15. */
  readonly ratio?: number | undefined;
}

/** `SelfPreservationOptions` with their defaults. */
export interface SelfPreservation {
  readonly minInstances: number;
  readonly ratio: number;
}

/** The option with its defaults, or undefined when it is switched off. @throws WEFT_CONFIG_INVALID */
export function parseSelfPreservation(given: SelfPreservationOptions | false = {}): SelfPreservation | undefined {
  if (given === false) return undefined;
  const { minInstances = 2, ratio = 0.15 } = given;
  if (!Number.isInteger(minInstances) || minInstances < 1) throw invalid('minInstances', 'a whole number from 1', minInstances);
  if (typeof ratio !== 'number' || !(ratio >= 0 && ratio <= 1)) throw invalid('ratio', 'a number from 0 to 1', ratio);
  return { minInstances, ratio };
}

function invalid(option: keyof SelfPreservation, expected: string, found: unknown): WeftError {
  return invalidOption(`registry.selfPreservation.${option}`, `expected ${expected}, found ${shown(found)}`);
}
