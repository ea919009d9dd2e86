import { createHash } from 'node:crypto';

const MAX_CHARACTERS = 180;
const DIGEST_CHARACTERS = 32;
const ESCAPED = /^\.|[A-Z~*'()!]/g;

/**
 * A service name or id as one part of a path that stays inside its folder and is distinct on file systems that ignore
 * case: percent-encoded, a leading dot and capitals included; a long one is cut and ends in a digest.
 */
export function toFileName(text: string): string {
  const wellFormed = Buffer.from(text).toString();
  const encoded = encodeURIComponent(wellFormed)
    .split(/(%[0-9A-F]{2})/)
    .map((part) => (part.startsWith('%') ? part : part.replace(ESCAPED, percent)))
    .join('');
  if (encoded.length <= MAX_CHARACTERS) return encoded || '%';
  const digest = createHash('sha256').update(text).digest('hex').slice(0, DIGEST_CHARACTERS);
  return `${encoded.slice(0, MAX_CHARACTERS - DIGEST_CHARACTERS - 1)}%${digest}`;
}

/** The text that a file name stands for, as well as that can be told. */
export function fromFileName(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

function percent(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}
