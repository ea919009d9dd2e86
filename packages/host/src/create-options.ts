import { type Clock, type Logger, type Metrics, type Random, systemClock, systemRandom, type Tracer } from '@weft/core';
import type { Blueprint, GivenParts, Part } from './blueprint.js';
import type { CheckedConfig } from './parse-config.js';
import { programFolders } from './program-folders.js';
import type { WeftConfig } from './weft-config.js';

/** Beside the config of a `createX` function. */
export interface CreateOptions {
  /** Where drivers are resolved from: a folder, a file, or `import.meta.url`. Default: the program's main module, then the working directory. */
  readonly from?: string;
  /** What relative paths in the config are relative to; the working directory unless set. */
  readonly folder?: string;
  /** Default silent, but for a service, which writes warnings and errors to standard output. */
  readonly logger?: Logger;
  /** Default none. */
  readonly metrics?: Metrics;
  /** Default: of the `tracing` block, else none. */
  readonly tracer?: Tracer;
  /** Default the process's monotonic clock. */
  readonly clock?: Clock;
  /** Default the process's random numbers. */
  readonly random?: Random;
}

/** The blueprint of what one `createX` function makes. */
export function blueprintOf(
  source: string,
  { config, problems, fromEnv }: CheckedConfig<WeftConfig>,
  parts: readonly Part[],
  options: CreateOptions,
  given: GivenParts = {},
): Blueprint {
  const { from, folder = process.cwd(), clock = systemClock, random = systemRandom, logger, metrics, tracer } = options;
  return {
    config,
    problems,
    ...(fromEnv && { fromEnv }),
    parts: new Set(parts),
    isHost: false,
    given: { ...(logger && { logger }), ...(metrics && { metrics }), ...(tracer && { tracer }), ...given },
    source,
    folder,
    folders: programFolders(from),
    clock,
    random,
  };
}
