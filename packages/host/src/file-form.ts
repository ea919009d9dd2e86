import type { Driver } from '@weft/core';
import { driverBranches } from './driver-branches.js';
import { type JsonSchema, propertiesOf } from './json-schema.js';
import { isPlainObject } from './normalise-keys.js';
import { otherSpellings, requiredKeys } from './other-spellings.js';
import { placeholderForm } from './placeholder-form.js';
import type { BlockMeta } from './schema-parts.js';

/**
 * The JSON Schema of what people write out of the one of what the host checks: keys in camelCase, in snake_case, or by
 * their aliases, placeholders wherever a value may come from the environment, and beside a driver's word its options.
 * @param at JSON pointer to `schema`
 */
export function fileForm(schema: JsonSchema, drivers: readonly Driver[], at = '#'): JsonSchema {
  const { anyOf, items } = schema;
  if (Array.isArray(anyOf)) {
    const [first, ...others] = (anyOf as readonly JsonSchema[]).filter((choice) => !isImpossible(choice) && !isAnything(choice));
    if (first && others.length === 0) return fileForm(first, drivers, at);
    const choices = [first ?? {}, ...others];
    return { ...schema, anyOf: choices.map((choice, nth) => fileForm(choice, drivers, `${at}/anyOf/${nth}`)) };
  }
  if (isPlainObject(items)) return { ...schema, items: fileForm(items, drivers, `${at}/items`) };
  return schema.type === 'object' ? objectForm(schema, drivers, at) : placeholderForm(schema);
}

function objectForm(schema: JsonSchema, drivers: readonly Driver[], at: string): JsonSchema {
  const {
    aliases,
    slot,
    fallback,
    properties: _,
    required: __,
    additionalProperties,
    ...rest
  } = schema as JsonSchema & BlockMeta;
  const entries = Object.entries(propertiesOf(schema));
  const forms = entries.map(([key, item]) => [key, fileForm(item, drivers, `${at}/properties/${key}`)] as const);
  const others = otherSpellings(Object.keys(propertiesOf(schema)), `${at}/properties`, aliases);
  const properties = { ...Object.fromEntries(forms), ...others };
  const required = requiredKeys(schema);
  const branches = slot ? driverBranches({ slot, fallback, keys: Object.keys(properties), drivers, at: `${at}/allOf` }) : [];
  return {
    ...rest,
    ...(Object.keys(properties).length > 0 && { properties }),
    ...(required.length > 0 && { required }),
    ...additional(additionalProperties, drivers, at),
    ...(branches.length > 0 && { allOf: branches }),
  };
}

function additional(schema: unknown, drivers: readonly Driver[], at: string): JsonSchema {
  if (!isPlainObject(schema) || Object.keys(schema).length === 0) return {};
  return { additionalProperties: isImpossible(schema) ? false : fileForm(schema, drivers, `${at}/additionalProperties`) };
}

/** What no file can hold: bytes, or the values of unknown keys. */
function isImpossible({ not }: JsonSchema): boolean {
  return isPlainObject(not) && Object.keys(not).length === 0;
}

/** What its owner checks, beside what it looks like; and ready-made parts. */
function isAnything(schema: JsonSchema): boolean {
  return Object.keys(schema).length === 0;
}
