import { type JsonSchema, propertiesOf } from './json-schema.js';
import { isPlainObject } from './normalise-keys.js';
import { requiredKeys, snakeForms } from './other-spellings.js';

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

/** The schemas of a driver's options with placeholders for their values, and their keys in snake_case too, at any depth. */
export function optionForms(properties: Readonly<Record<string, JsonSchema>>): Record<string, JsonSchema> {
  return Object.fromEntries(Object.entries(properties).map(([key, schema]) => [key, optionForm(schema)]));
}

function optionForm(schema: JsonSchema): JsonSchema {
  const { anyOf, items, properties, additionalProperties, type } = schema;
  if (Array.isArray(anyOf)) return { ...schema, anyOf: (anyOf as readonly JsonSchema[]).map(optionForm) };
  if (isPlainObject(items)) return { ...schema, items: optionForm(items) };
  if (type !== 'object') return placeholderForm(schema);
  const forms = optionForms(propertiesOf({ properties }));
  const required = requiredKeys(schema);
  return {
    ...schema,
    ...(properties !== undefined && { properties: { ...snakeForms(forms), ...forms } }),
    ...('required' in schema && { required }),
    ...(isPlainObject(additionalProperties) && { additionalProperties: optionForm(additionalProperties) }),
  };
}
