const MAX_KEYS = 64;
const MAX_BYTES = 8_192;

/**
 * What is wrong with the metadata of a service, or undefined: texts only, at most 64 keys, at most 8 KiB in all. A `weight`
 * among them is one for balancers, which would pass over it if it were none.
 */
export function metadataProblem(metadata: Readonly<Record<string, string>>): string | undefined {
  if (typeof metadata !== 'object' || metadata === null) return `${metadata}: expected an object of texts`;
  const entries = Object.entries(metadata);
  if (entries.length > MAX_KEYS) return `${entries.length} keys: expected at most ${MAX_KEYS}`;
  let bytes = 0;
  for (const [key, value] of entries) {
    if (typeof value !== 'string') return `"${key}" is a ${typeof value}: expected a string`;
    bytes += Buffer.byteLength(key) + Buffer.byteLength(value);
  }
  const { weight = '' } = metadata;
  if (!(Number(weight) >= 0 && Number(weight) < Number.POSITIVE_INFINITY)) {
    return `"weight" is ${JSON.stringify(weight)}: expected a number from 0, as text`;
  }
  return bytes > MAX_BYTES ? `${bytes} bytes: expected at most ${MAX_BYTES}` : undefined;
}
