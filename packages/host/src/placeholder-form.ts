import type { JsonSchema } from './json-schema.js';
import { isPlainObject } from './normalise-keys.js';

/** A text that is one placeholder and nothing else, and one that has a placeholder anywhere. */
const PLACEHOLDER = '^\\$\\{[^}]*\\}$';
const WITH_PLACEHOLDER = '\\$\\{[^}]*\\}';

/** The schema of a single value, or of the placeholder that stands for it in a file. */
export function placeholderForm(schema: JsonSchema): JsonSchema {
  const { type, pattern } = schema;
  if (schema.enum || 'const' in schema) return { anyOf: [schema, { type: 'string', pattern: PLACEHOLDER }] };
  if (typeof schema.format === 'string') return { anyOf: [schema, { type: 'string', pattern: WITH_PLACEHOLDER }] };
  if (typeof pattern === 'string') return { ...schema, pattern: `${pattern}|${WITH_PLACEHOLDER}` };
  const isText = type === undefined || type === 'string' || Array.isArray(type);
  return isText ? schema : { ...schema, type: [type, 'string'], pattern: PLACEHOLDER };
}

/**
 * The schemas of a driver's options with placeholders in their texts at any depth; their keys stay as they are. What comes from the
 * environment is text, and only where the host's own block has the key, too, does it become a number or a flag.
 * @param own keys of the host's block
 */
export function optionForms(
  properties: Readonly<Record<string, JsonSchema>>,
  own: readonly string[] = [],
): Record<string, JsonSchema> {
  return Object.fromEntries(Object.entries(properties).map(([key, schema]) => [key, optionForm(schema, own.includes(key))]));
}

function optionForm(schema: JsonSchema, isOwn = false): JsonSchema {
  const { anyOf, items, properties, additionalProperties, type } = schema;
  if (Array.isArray(anyOf)) return { ...schema, anyOf: (anyOf as readonly JsonSchema[]).map((choice) => optionForm(choice)) };
  if (isPlainObject(items)) return { ...schema, items: optionForm(items) };
  if (type !== 'object') return type === 'string' || isOwn ? placeholderForm(schema) : schema;
  return {
    ...schema,
    ...(isPlainObject(properties) && { properties: optionForms(properties as Record<string, JsonSchema>) }),
    ...(isPlainObject(additionalProperties) && { additionalProperties: optionForm(additionalProperties) }),
  };
}
