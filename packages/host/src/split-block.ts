/** A block in two: what it names, and everything else. */
export interface SplitBlock {
  /** The driver's word. */
  readonly driver?: string;
  /** The package or path that the driver comes from. */
  readonly from?: string;
  /** What the host itself reads. */
  readonly own: Readonly<Record<string, unknown>>;
  /** What belongs to the driver. */
  readonly rest: Readonly<Record<string, unknown>>;
}

/** Parts a block's keys: `driver` and `from`, those of `own`, and the driver's options. A word alone is a driver. */
export function splitBlock(given: string | Readonly<Record<string, unknown>> = {}, own: readonly string[] = []): SplitBlock {
  const { driver, from, ...options } = typeof given === 'string' ? { driver: given } : given;
  const isOwn = ([key]: [string, unknown]) => own.includes(key);
  const entries = Object.entries(options);
  return {
    ...(typeof driver === 'string' && { driver }),
    ...(typeof from === 'string' && { from }),
    own: Object.fromEntries(entries.filter(isOwn)),
    rest: Object.fromEntries(entries.filter((entry) => !isOwn(entry))),
  };
}
