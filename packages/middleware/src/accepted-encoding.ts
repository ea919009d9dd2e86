/** An encoding that `compress` makes. */
export type Encoding = 'br' | 'gzip';

/** The better first, for callers that take both alike. */
const ENCODINGS: readonly Encoding[] = ['br', 'gzip'];
const ENTRY = /^\s*([\w*-]+)\s*(?:;\s*q\s*=\s*([01](?:\.\d{0,3})?)\s*)?$/i;

/**
 * What a caller likes best of what we make, by its `accept-encoding`; undefined when it takes none of it.
 *
 * Source: RFC 9110, section 12.5.3.
 */
export function acceptedEncoding(header: string): Encoding | undefined {
  const weights = new Map<string, number>();
  for (const entry of header.split(',')) {
    const [, name = '', weight = '1'] = ENTRY.exec(entry) ?? [];
    weights.set(name.toLowerCase(), Number(weight));
  }
  let best: Encoding | undefined;
  let bestWeight = 0;
  for (const encoding of ENCODINGS) {
    const weight = weights.get(encoding) ?? weights.get('*') ?? 0;
    if (weight > bestWeight) [best, bestWeight] = [encoding, weight];
  }
  return best;
}
