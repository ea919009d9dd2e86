import { type Clock, type DriverHost, type Logger, type Opened, type Slots, WeftError } from '@weft/core';
import type { LifeCycle } from './life-cycle.js';
import type { LoadedDriver } from './load-drivers.js';
import { titleOf } from './order-by-needs.js';

/** What drivers are opened with. */
export interface OpenDriversOptions {
  /** Each opened driver becomes a step of it. */
  readonly lifeCycle: LifeCycle;
  /** Handed to the drivers. */
  readonly clock: Clock;
  /** Handed to the drivers until a logging driver is open. */
  readonly logger: Logger;
  /** Handed to the drivers: what relative paths are relative to. */
  readonly folder: string;
  /** Handed to the drivers: by when each operation has to be answered, where the config says so. */
  readonly timeoutMsOf: (slot: keyof Slots) => number | undefined;
  /** Slots that are filled without a driver. */
  readonly builtIn: Partial<Slots>;
}

/** The contents of the slots. */
export interface OpenedSlots {
  /** What was opened for a slot: none, one, or several (transports, plugins). */
  all<Slot extends keyof Slots>(slot: Slot): readonly Slots[Slot][];
  /** The one that was opened for a slot, else what is built in. */
  get<Slot extends keyof Slots>(slot: Slot): Slots[Slot] | undefined;
  /** The logger to use: of the logging driver, else the one that was given. */
  readonly logger: Logger;
}

/**
 * Opens drivers in the order given and adds each to the life cycle. A failure closes those that were opened before.
 * @throws what a driver throws, with its name
 */
export async function openDrivers(drivers: readonly LoadedDriver[], options: OpenDriversOptions): Promise<OpenedSlots> {
  const { lifeCycle, clock, folder, builtIn } = options;
  const contents = new Map<keyof Slots, unknown[]>();
  const slots: OpenedSlots = {
    all: <Slot extends keyof Slots>(slot: Slot) => (contents.get(slot) ?? []) as Slots[Slot][],
    get: (slot) => slots.all(slot)[0] ?? builtIn[slot],
    get logger() {
      return slots.all('logging')[0] ?? options.logger;
    },
  };
  for (const loaded of drivers) {
    const name = titleOf(loaded);
    const timeoutMs = options.timeoutMsOf(loaded.slot);
    const opened = await lifeCycle.open(name, async (signal) => {
      const host: DriverHost = {
        get: (slot) => needed(loaded, slot, slots),
        clock,
        folder,
        ...(timeoutMs !== undefined && { timeoutMs }),
        logger: slots.logger,
        signal,
      };
      const late = await loaded.driver.open(loaded.options, host);
      if (signal.aborted) await stopOpened(loaded, late, signal);
      return late;
    });
    contents.set(loaded.slot, [...(contents.get(loaded.slot) ?? []), opened.value]);
    lifeCycle.add({ name, start: (signal) => opened.start?.(signal), stop: (signal) => stopOpened(loaded, opened, signal) });
  }
  return slots;
}

function needed<Slot extends keyof Slots>(loaded: LoadedDriver, slot: Slot, slots: OpenedSlots): Slots[Slot] {
  const content = loaded.driver.needs?.includes(slot) ? slots.get(slot) : undefined;
  if (content !== undefined) return content;
  throw new WeftError('WEFT_PLUGIN_INVALID', `${titleOf(loaded)} asks for the slot "${slot}" but does not name it in "needs"`);
}

/** Backends are closed too, in case that their driver leaves it to whoever uses them. A plugin's value is its own. */
async function stopOpened({ slot }: LoadedDriver, opened: Opened<unknown>, signal: AbortSignal): Promise<void> {
  try {
    await opened.stop?.(signal);
  } finally {
    if (slot === 'registry' || slot === 'config') await (opened.value as Slots[typeof slot]).close();
    if (slot === 'transport') await (opened.value as Slots['transport']).client?.close();
  }
}
