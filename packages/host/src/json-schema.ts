import type { StandardSchemaV1 } from '@weft/core';
import { isPlainObject } from './normalise-keys.js';

/** A JSON Schema, draft-07. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** What a schema takes, through the JSON Schema side of Standard Schema; undefined when it does not have that side. */
export function jsonSchemaOf(schema: StandardSchemaV1): JsonSchema | undefined {
  const standard: object = schema['~standard'];
  if (!('jsonSchema' in standard) || typeof standard.jsonSchema !== 'object' || standard.jsonSchema === null) return undefined;
  try {
    const { input } = standard.jsonSchema as { readonly input?: (options: object) => unknown };
    const described = input?.({ target: 'draft-07', libraryOptions: { unrepresentable: 'any' } });
    return isPlainObject(described) ? described : undefined;
  } catch {
    return undefined;
  }
}

/** The schemas of an object's keys; none when it is no object. */
export function propertiesOf({ properties }: JsonSchema): Readonly<Record<string, JsonSchema>> {
  return isPlainObject(properties) ? (properties as Record<string, JsonSchema>) : {};
}
