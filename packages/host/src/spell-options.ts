import type { JsonSchema } from './json-schema.js';
import { propertiesOf } from './json-schema.js';
import { camelCase, isPlainObject } from './normalise-keys.js';
import { joinPath } from './problems.js';

const NUMBER = /^-?\d+(\.\d+)?$/;

/**
 * A driver's options with the keys of its schema where they are in snake_case, and texts from the environment as the numbers
 * and booleans that it takes, at any depth. What the schema does not tell of stays as it is.
 * @param fromEnv paths of texts that came from the environment
 */
export function spellOptions(schema: JsonSchema, value: unknown, path: string, fromEnv: ReadonlySet<string>): unknown {
  const choices = choicesOf(schema);
  if (typeof value === 'string') return fromEnv.has(path) ? typed(choices, value) : value;
  if (Array.isArray(value)) return spellList(choices, value, path, fromEnv);
  if (!isPlainObject(value)) return value;
  const shape: Readonly<Record<string, JsonSchema>> = Object.assign({}, ...choices.map(propertiesOf));
  const free = choices.map(({ additionalProperties }) => additionalProperties).find(isPlainObject);
  if (!free && Object.keys(shape).length === 0) return value;
  const entries = Object.entries(value).map(([key, item]) => {
    const name = nameOf(key, shape, value);
    const schemaOfKey = Object.hasOwn(shape, name) ? shape[name] : free;
    return [name, spellOptions(schemaOfKey ?? {}, item, joinPath(path, key), fromEnv)] as const;
  });
  return Object.fromEntries(entries);
}

function spellList(choices: readonly JsonSchema[], list: readonly unknown[], path: string, fromEnv: ReadonlySet<string>) {
  const items = choices.map((choice) => choice.items).find(isPlainObject);
  return items ? list.map((item, at) => spellOptions(items, item, joinPath(path, at), fromEnv)) : list;
}

/** Of a key that is there in both spellings, the one in snake_case is left for the schema to refuse. */
function nameOf(key: string, shape: Readonly<Record<string, JsonSchema>>, beside: Readonly<Record<string, unknown>>): string {
  const camel = camelCase(key);
  return !Object.hasOwn(shape, key) && Object.hasOwn(shape, camel) && !Object.hasOwn(beside, camel) ? camel : key;
}

function choicesOf(schema: JsonSchema): readonly JsonSchema[] {
  const { anyOf } = schema;
  return Array.isArray(anyOf) ? [schema, ...anyOf.filter(isPlainObject).flatMap(choicesOf)] : [schema];
}

/** A text stays one wherever the schema takes texts. */
function typed(choices: readonly JsonSchema[], text: string): unknown {
  const types = choices.flatMap(({ type }) => type);
  if (types.includes('string')) return text;
  if (types.includes('boolean') && (text === 'true' || text === 'false')) return text === 'true';
  return NUMBER.test(text) && (types.includes('number') || types.includes('integer')) ? Number(text) : text;
}
