import { statfs } from 'node:fs/promises';
import { boundedCheck, type CheckOptions } from './bounded-check.js';
import { type ByteSize, formatByteSize, parseByteSize } from './byte-size.js';
import type { Check } from './check.js';

/** Which disk is looked at, and what has to be free on it. */
export interface DiskCheckOptions extends CheckOptions {
  /** Any file or folder on it. */
  readonly path: string;
  /** Bytes, text with a unit (`'500MB'`), or a share of the disk (`'5%'`, the default). */
  readonly minFree?: ByteSize | undefined;
}

const PERCENT = /^(\d+(?:\.\d+)?)%$/;

/**
 * Passes while the disk has as much free as it should, counting what this process may use of it.
 * @throws WEFT_CONFIG_INVALID when `minFree` is neither a size nor a share
 */
export function diskCheck({ path, minFree = '5%', ...options }: DiskCheckOptions): Check {
  const [, percent] = PERCENT.exec(String(minFree)) ?? [];
  const share = Number(percent) / 100;
  const ratio = share > 0 && share <= 1 ? share : undefined;
  const minBytes = ratio === undefined ? parseByteSize(minFree, 'minFree', 'a share such as "5%" up to "100%", ') : 0;
  return boundedCheck(`disk of ${path}`, options, async () => {
    const { bavail, blocks, bsize } = await statfs(path);
    const least = ratio === undefined ? minBytes : ratio * blocks * bsize;
    const free = bavail * bsize;
    if (free < least) throw new Error(`${formatByteSize(free)} free, less than ${formatByteSize(least)}`);
  });
}
