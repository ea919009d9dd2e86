import type { Driver, Slots } from '@weft/core';
import { type JsonSchema, jsonSchemaOf, propertiesOf } from './json-schema.js';
import { otherSpellings, requiredKeys } from './other-spellings.js';
import { optionForms } from './placeholder-form.js';

/** A block that a driver stands behind. */
export interface DriverBlock {
  /** The slot of its drivers. */
  readonly slot: keyof Slots;
  /** The driver that it means when it names none; `null` = what is built in, which takes no further keys. */
  readonly fallback?: string | null | undefined;
  /** The keys of the block itself, in all spellings. */
  readonly keys: readonly string[];
  /** Those whose options are known. */
  readonly drivers: readonly Driver[];
  /** JSON pointer to the branches. */
  readonly at: string;
}

/**
 * One condition per driver whose options are known: where the block names it, it takes these beside its own keys, and no
 * others. A block with `from`, and any other driver, take whatever there is.
 */
export function driverBranches({ slot, fallback, keys, drivers, at }: DriverBlock): JsonSchema[] {
  const own = Object.fromEntries(keys.map((key) => [key, true]));
  const builtIn = branch({ properties: { driver: false, from: false } }, { properties: own, additionalProperties: false });
  const first = fallback === null ? [builtIn] : [];
  const known = drivers.flatMap((driver) => {
    const schema = driver.slot === slot ? jsonSchemaOf(driver.options) : undefined;
    return schema && isSelfContained(schema) ? [{ name: driver.name, schema }] : [];
  });
  const branches = known.map(({ name, schema }, nth) => {
    const properties = optionForms(propertiesOf(schema));
    const others = otherSpellings(Object.keys(properties), `${at}/${first.length + nth}/then/properties`);
    const required = requiredKeys(schema);
    return branch(isNamed(name, fallback), {
      properties: { ...own, ...others, ...properties },
      ...(required.length > 0 && { required }),
      ...(schema.additionalProperties === false && { additionalProperties: false }),
    });
  });
  return [...first, ...branches];
}

/** Put together from entries, because an object with a member `then` passes for a promise. */
function branch(condition: JsonSchema, consequence: JsonSchema): JsonSchema {
  return Object.fromEntries([
    ['if', condition],
    ['then', consequence],
  ]);
}

function isNamed(name: string, fallback: string | null | undefined): JsonSchema {
  const properties = { driver: { const: name }, registry: { const: name }, from: false };
  if (name === fallback) return { properties };
  return { properties, anyOf: [{ required: ['driver'] }, { required: ['registry'] }] };
}

/** Its references would point nowhere inside of another schema. */
function isSelfContained(schema: JsonSchema): boolean {
  return !('definitions' in schema) && !('$defs' in schema);
}
