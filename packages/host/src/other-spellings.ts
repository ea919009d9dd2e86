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

/** Those of an object's required keys that have one spelling only: of the others any would do. */
export function requiredKeys({ required }: JsonSchema): readonly string[] {
  return Array.isArray(required) ? required.map(String).filter((key) => snakeCase(key) === key) : [];
}
