import { WeftError } from '@weft/core';

const MAX_VALUE_BYTES = 512;
const PLAIN_KEY = /^[A-Za-z0-9_-]{1,128}$/;
const RESERVED_KEY = /^(?:weft|consul)(?:-|$)/;
/** Consul takes 64 pairs: ours come first, then the user's that fit, then chunks of what does not. */
const MAX_PLAIN_PAIRS = 31;
const MAX_CHUNKS = 24;
const MARK = 'weft';
const FORMAT = '1';
const OWN = 'weft-';
const CHUNK = 'weft-more-';

/** What of a record has no place of its own in a Consul service. */
export interface RecordFacts {
  /** Ours, by name in kebab-case: `incarnation`, `health-path`. */
  readonly fields: Readonly<Record<string, string>>;
  /** The user's. */
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * The `Meta` of a Consul service: metadata under its own keys, our fields under `weft-<name>`; what Consul's limits (64
 * pairs, plain keys, 512 bytes a value) do not let through is JSON in chunks, `weft-more-0`, `weft-more-1` ...
 * @throws WEFT_INVALID_ARGUMENT when it is too much for that
 */
export function toMeta({ fields, metadata }: RecordFacts): Readonly<Record<string, string>> {
  const pairs: [string, string][] = [[MARK, FORMAT]];
  const more = { fields: [] as [string, string][], metadata: [] as [string, string][] };
  for (const pair of Object.entries(fields)) {
    if (isShort(pair[1])) pairs.push([OWN + pair[0], pair[1]]);
    else more.fields.push(pair);
  }
  let plain = 0;
  for (const pair of Object.entries(metadata)) {
    const [key, value] = pair;
    if (typeof value !== 'string') throw tooMuch(`metadata.${key} is no text`);
    const isPlain = PLAIN_KEY.test(key) && !RESERVED_KEY.test(key) && isShort(value) && plain < MAX_PLAIN_PAIRS;
    if (isPlain) plain++;
    (isPlain ? pairs : more.metadata).push(pair);
  }
  if (more.fields.length + more.metadata.length > 0) {
    const text = JSON.stringify({ fields: Object.fromEntries(more.fields), metadata: Object.fromEntries(more.metadata) });
    pairs.push(...chunksOf(text).map((chunk, at): [string, string] => [`${CHUNK}${at}`, chunk]));
  }
  return Object.fromEntries(pairs);
}

/** The facts that `toMeta` has written; undefined for the `Meta` of a service that is not ours. */
export function fromMeta(meta: Readonly<Record<string, string>>): RecordFacts | undefined {
  if (!Object.hasOwn(meta, MARK)) return undefined;
  const fields: [string, string][] = [];
  const metadata: [string, string][] = [];
  for (const key of Object.keys(meta)) {
    if (key === MARK) continue;
    const value = meta[key] ?? '';
    if (!key.startsWith(OWN)) metadata.push([key, value]);
    else if (!key.startsWith(CHUNK)) fields.push([key.slice(OWN.length), value]);
  }
  if (Object.hasOwn(meta, `${CHUNK}0`)) {
    const more = moreOf(meta);
    fields.push(...Object.entries(more.fields ?? {}).filter(([, value]) => typeof value === 'string'));
    metadata.push(...Object.entries(more.metadata ?? {}));
  }
  return { fields: Object.fromEntries(fields), metadata: Object.fromEntries(metadata) };
}

function moreOf(meta: Readonly<Record<string, string>>): Partial<RecordFacts> {
  let text = '';
  for (let at = 0; Object.hasOwn(meta, `${CHUNK}${at}`); at++) text += meta[`${CHUNK}${at}`];
  try {
    return JSON.parse(text) ?? {};
  } catch {
    // Somebody else has written into it: readers judge the record without.
    return {};
  }
}

function chunksOf(text: string): string[] {
  const chunks: string[] = [];
  let chunk = '';
  let bytes = 0;
  for (const character of text) {
    const size = Buffer.byteLength(character);
    if (bytes + size > MAX_VALUE_BYTES) {
      chunks.push(chunk);
      chunk = '';
      bytes = 0;
    }
    chunk += character;
    bytes += size;
  }
  chunks.push(chunk);
  if (chunks.length > MAX_CHUNKS) throw tooMuch(`the record is more than the metadata of a Consul service holds`);
  return chunks;
}

function isShort(value: string): boolean {
  return Buffer.byteLength(value) <= MAX_VALUE_BYTES;
}

function tooMuch(message: string): WeftError {
  return new WeftError('WEFT_INVALID_ARGUMENT', message, { problems: [{ path: 'metadata', message }] });
}
