import type { Slots } from '@weft/core';
import type { KnownDriver } from './known-drivers.js';

declare global {
  /**
   * The options of every driver whose package takes part in the compilation, by `slot/word`. Each driver package adds its
   * own. It is global because an interface of a module would fall apart over two copies of that module.
   */
  interface WeftDrivers {}
}

/** What every block that a driver stands behind has; further keys are the driver's options. */
export interface DriverSection extends DriverNaming {
  /** Options of the driver. */
  readonly [option: string]: unknown;
}

/** How a block names its driver. `Name` takes in what either key says, and decides on the options beside them. */
export interface DriverNaming<Name extends string = string> {
  /** Word of the driver: `consul` under `registry` is the package `@weft/registry-consul`. */
  readonly driver?: Name;
  /** A package or a path (`./my-driver.js`, seen from the config file) that the driver comes from. */
  readonly from?: Name;
}

/** The seed's own words for a driver and its address (A5). */
export interface SeedNaming<Name extends string = string> {
  /** The same as `driver`. */
  readonly registry?: Name;
  /** The same as `address`. */
  readonly registryAddress?: string;
}

/** What may be written as the name of a driver; the words of Weft's own are there for editors to offer. */
export type DriverName<Slot extends keyof Slots> = KnownDriver<Slot> | (string & {});

/**
 * The options that a block has beside the name of its driver: exactly the driver's own when `WeftDrivers` has them, any
 * for a driver of Weft's whose package takes no part in the compilation, and any with `from` for an unknown one.
 * `from` is not simply one more member of a union: an open member would let every misspelt option compile.
 */
export type DriverOptions<Slot extends keyof Slots, Name extends string> = string extends Name
  ? AnyOptions
  : [RegisteredKey<Slot, Name>] extends [never]
    ? Name extends KnownDriver<Slot>
      ? AnyOptions
      : AnyOptions & { readonly from: string }
    : OptionsAt<RegisteredKey<Slot, Name>>;

interface AnyOptions {
  readonly [option: string]: unknown;
}

type RegisteredKey<Slot extends string, Name extends string> = Extract<`${Slot}/${Name}`, keyof WeftDrivers>;

type OptionsAt<Key extends keyof WeftDrivers> = Key extends unknown ? WeftDrivers[Key] : never;
