/** What every block that a driver stands behind has; further keys are the driver's options. */
export interface DriverSection {
  /** Word of the driver: `consul` under `registry` is the package `@weft/registry-consul`. */
  readonly driver?: string;
  /** A package or a path (`./my-driver.js`, seen from the config file) that the driver comes from. */
  readonly from?: string;
  /** Options of the driver. */
  readonly [option: string]: unknown;
}
