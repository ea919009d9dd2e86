import type { JsonSchema } from './json-schema.js';

/** `retry_delay` for `retryDelay`. */
function snakeCase(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/**
 * The second spellings of an object's keys: aliases, and all of them in snake_case. Editors need not offer them.
 * @param aliases own key by alias
 * @param at JSON pointer to the schemas of `keys`
 */
export function otherSpellings(
  keys: readonly string[],
  at: string,
  aliases: Readonly<Record<string, string>> = {},
): Record<string, JsonSchema> {
  const targets = [...keys.map((key) => [key, key] as const), ...Object.entries(aliases)];
  const spellings = targets.flatMap(([name, key]) => [name, snakeCase(name)].map((spelling) => [spelling, key] as const));
  const schemaOf = (key: string) => (keys.includes(key) ? { $ref: `${at}/${key}` } : { type: 'string' });
  return Object.fromEntries(
    spellings
      .filter(([spelling]) => !keys.includes(spelling))
      .map(([spelling, key]) => [spelling, { ...schemaOf(key), doNotSuggest: true }]),
  );
}

/** The schemas of an object's keys in snake_case, where that differs. */
export function snakeForms(forms: Readonly<Record<string, JsonSchema>>): Record<string, JsonSchema> {
  const entries = Object.entries(forms).map(([key, form]) => [snakeCase(key), key, form] as const);
  const other = entries.filter(([spelling, key]) => spelling !== key);
  return Object.fromEntries(other.map(([spelling, , form]) => [spelling, { ...form, doNotSuggest: true }]));
}

/** Those of an object's required keys that have one spelling only: of the others any would do. */
export function requiredKeys({ required }: JsonSchema): readonly string[] {
  return Array.isArray(required) ? required.map(String).filter((key) => snakeCase(key) === key) : [];
}
