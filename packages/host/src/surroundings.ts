import type { Policies } from '@weft/client';
import type { Logger, Metrics, ReplyCache, Tracer } from '@weft/core';
import type { Blueprint } from './blueprint.js';
import type { LoadedDriver } from './load-drivers.js';
import type { OpenedSlots } from './open-drivers.js';

/** What every part of a system is built with. */
export interface Surroundings {
  /** In the order in which they were opened. */
  readonly drivers: readonly LoadedDriver[];
  /** What was asked for. */
  readonly blueprint: Blueprint;
  /** What the drivers have opened. */
  readonly slots: OpenedSlots;
  /** Where log lines go. */
  readonly logger: Logger;
  /** Where measurements go. */
  readonly metrics: Metrics;
  /** Of the config. */
  readonly policies: Policies;
  /** Undefined when answers are not kept. */
  readonly cache: ReplyCache | undefined;
  /** Undefined when no spans are to be made. */
  readonly tracer: Tracer | undefined;
}
