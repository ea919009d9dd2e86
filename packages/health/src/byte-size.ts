import { invalidOption, shown } from '@weft/core';

/** A number of bytes, or text with a unit: `'500MB'` (decimal), `'2GiB'` (binary). */
export type ByteSize = number | string;

const PREFIXES = ['', 'K', 'M', 'G', 'T'];
const TEXT = /^(\d+(?:\.\d+)?)([KMGT]?)(i?)B$/i;

/**
 * A size in bytes, from 1 on.
 * @param beside what else it may be, for the message
 * @throws WEFT_CONFIG_INVALID
 */
export function parseByteSize(value: ByteSize, path: string, beside = ''): number {
  const bytes = typeof value === 'number' ? value : bytesOf(value);
  if (bytes >= 1 && Number.isFinite(bytes)) return bytes;
  throw invalidOption(path, `${shown(value)}: expected ${beside}a number of bytes from 1 on, or text such as "500MB" or "2GiB"`);
}

/** A size as people read it: `1.5 GiB`. */
export function formatByteSize(bytes: number): string {
  const power = bytes < 1 ? 0 : Math.min(PREFIXES.length - 1, Math.floor(Math.log2(bytes) / 10));
  const unit = power === 0 ? 'B' : `${PREFIXES[power]}iB`;
  return `${(bytes / 1024 ** power).toFixed(power === 0 ? 0 : 1)} ${unit}`;
}

function bytesOf(text: string): number {
  const [, amount, prefix = '', binary] = TEXT.exec(text) ?? [];
  return Number(amount) * (binary ? 1024 : 1000) ** PREFIXES.indexOf(prefix.toUpperCase());
}
