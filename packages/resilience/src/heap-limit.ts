import { getHeapStatistics } from 'node:v8';
import { resourceLimits } from 'node:worker_threads';

const MB = 1_048_576;
/** The young generation as V8 chooses it by the machine's memory: at most 3/67 of the limit. */
const YOUNG_RATIO = 0.05;
/** Two halves, and as much for large objects. */
const SEMI_SPACES = 3;

/** Where the limit of the heap is told; the process's unless set. */
export interface HeapLimits {
  /** V8's limit in bytes, the young generation included. */
  readonly limitBytes?: number;
  /** The flags that Node was started with, those that win last. */
  readonly flags?: string;
  /** `maxYoungGenerationSizeMb` of a worker thread. */
  readonly workerYoungMb?: number | undefined;
}

/**
 * Bytes that V8 lets the old objects of this process, or worker thread, take. Its `heap_size_limit` is no measure of them: it
 * includes three times the largest semi-space (48 MB, from Node 24 on 192 MB), which old objects never get, so that a process
 * with `--max-old-space-size=64` dies at 0.57 of it, on Node 24 at 0.25.
 *
 * Source: `Heap::MaxReserved` and `Heap::YoungGenerationSizeFromOldGenerationSize` in V8's src/heap/heap.cc.
 */
export function heapLimitBytes({
  limitBytes = getHeapStatistics().heap_size_limit,
  flags = `${process.env.NODE_OPTIONS ?? ''} ${process.execArgv.join(' ')}`,
  workerYoungMb = resourceLimits.maxYoungGenerationSizeMb,
}: HeapLimits = {}): number {
  const oldMb = flagMb(flags, /--max[-_]old[-_]space[-_]size[= ](\d+)/g);
  const semiMb = flagMb(flags, /--max[-_]semi[-_]space[-_]size[= ](\d+)/g);
  const youngMb = semiMb ? SEMI_SPACES * 2 ** Math.ceil(Math.log2(semiMb)) : workerYoungMb;
  if (oldMb) return oldMb * MB;
  return limitBytes - (youngMb ? youngMb * MB : limitBytes * YOUNG_RATIO);
}

/** The value that wins; undefined without any, and for 0, which is V8's word for none. */
function flagMb(flags: string, flag: RegExp): number | undefined {
  const value = Number([...flags.matchAll(flag)].at(-1)?.[1]);
  return value > 0 ? value : undefined;
}
