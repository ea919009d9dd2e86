/**
 * What is measured for itself, in absolute figures: latencies, bytes, time of the CPU.
 * @typedef {object} FigureArea
 * @property {string} name by which it is chosen
 * @property {string} title
 * @property {number} rounds unless another number is asked for
 * @property {readonly FigureVariant[]} variants
 */

/**
 * One thing that is measured, in a process of its own, made anew for each round.
 * @typedef {object} FigureVariant
 * @property {string} name
 * @property {string} module path from this folder; exports `open`, which gives `measure`
 * @property {number} calls how much is done in a round: changes, instances, beats, watchers
 * @property {import('@weft-tooling/servers').ServerName} [server] started for each round, with nothing in it
 * @property {'disk'} [data] a server as it is run for good, and not as its developers try it
 * @property {boolean} [startsServer] the module starts the server itself, because it also kills it
 * @property {string} [before] a module that fills the server, in a process of its own
 * @property {object} [options] what else the modules are told
 * @property {string} [control] name of a variant that also runs as `<name> (A/A)`: unless the two agree, no goal is called missed
 * @property {readonly Figure[]} figures
 */

/**
 * @typedef {object} Figure
 * @property {string} key in what `measure` gives
 * @property {string} label
 * @property {string} unit
 * @property {number} [atMost] the goal, where less is better
 * @property {number} [atLeast] the goal, where more is better
 */

/**
 * What a module of such a variant is told.
 * @typedef {object} FigureSetting
 * @property {string} address of the server; empty without one
 * @property {string} server what it is; empty without one
 * @property {number} calls
 * @property {any} options
 */

/**
 * A variant that is ready.
 * @typedef {object} FigureSource
 * @property {() => Promise<Readonly<Record<string, number>>>} [measure]
 * @property {() => Promise<void> | void} close
 */

export {};
