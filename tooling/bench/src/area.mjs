/**
 * What is compared: a floor, and what is measured against it.
 * @typedef {object} Area
 * @property {string} name by which it is chosen
 * @property {string} title
 * @property {'client' | 'server' | 'process'} measures whose CPU counts: the caller's, the server's under the same load, or
 * that of a loop in one process
 * @property {'us' | 'ns'} unit of the table
 * @property {string} floor name of the variant that the others are compared with; it runs twice, as its own control
 * @property {number} calls of one variant in one round
 * @property {readonly Variant[]} variants
 */

/**
 * One way to do it; runs in a process of its own.
 * @typedef {object} Variant
 * @property {string} name
 * @property {string} module path from this folder; exports `open`
 * @property {number} [share] of the area's calls, for what takes much longer than the floor
 * @property {number} [size] how many instances or routes it has; 1 unless set
 * @property {boolean} [metrics] whether a server measures
 * @property {readonly Goal[]} [goals]
 */

/**
 * `atLeast` is a ratio: CPU of `against` by CPU of the variant. `atMostNs` is what the variant may cost beyond `against`.
 * @typedef {{ readonly against: string, readonly atLeast: number } | { readonly against: string, readonly atMostNs: number }} Goal
 */

/**
 * What a variant is told when it is opened.
 * @typedef {object} Setting
 * @property {readonly string[]} origins of the target servers, such as `http://127.0.0.1:8000`
 * @property {number} size
 * @property {boolean} metrics
 */

/**
 * A variant that is ready.
 * @typedef {object} Opened
 * @property {() => Promise<unknown>} [first] one call, whose answer is checked
 * @property {(calls: number) => Promise<void>} [run] makes so many calls
 * @property {() => Promise<void>} [prepare] before each run; not measured
 * @property {number} [port] where a server listens
 * @property {() => Promise<void> | void} close
 */

export {};
