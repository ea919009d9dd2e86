import { getHeapStatistics } from 'node:v8';
import { WeftError } from '@weft/core';
import { type ByteSize, formatByteSize, parseByteSize } from './byte-size.js';
import type { Check } from './check.js';
import { readRatio } from './read-ratio.js';

/** How much memory the process may use. */
export interface MemoryCheckOptions {
  /** Share of the heap's limit that may be in use, above 0 to 1; default 0.95. */
  readonly maxHeapRatio?: number | undefined;
  /** Resident memory of the whole process, in bytes or as text with a unit (`'1GiB'`); no limit unless set. */
  readonly maxRss?: ByteSize | undefined;
}

/** Passes while the process has memory left. @throws WEFT_CONFIG_INVALID for limits that are none */
export function memoryCheck({ maxHeapRatio = 0.95, maxRss }: MemoryCheckOptions = {}): Check {
  const maxRatio = readRatio(maxHeapRatio, 'maxHeapRatio');
  const maxBytes = maxRss === undefined ? Number.POSITIVE_INFINITY : parseByteSize(maxRss, 'maxRss');
  return async () => {
    const { used_heap_size: used, heap_size_limit: limit } = getHeapStatistics();
    if (used > maxRatio * limit) {
      throw full(`heap: ${formatByteSize(used)} of ${formatByteSize(limit)} used, more than ${Math.round(maxRatio * 100)} %`);
    }
    const rss = process.memoryUsage.rss();
    if (rss > maxBytes) throw full(`resident memory: ${formatByteSize(rss)}, more than ${formatByteSize(maxBytes)}`);
  };
}

function full(message: string): WeftError {
  return new WeftError('WEFT_OVERLOADED', message);
}
