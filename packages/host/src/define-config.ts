import type { WeftConfig } from './weft-config.js';

/** What a config file may export: a config, a promise of one, or a function that gives one. */
export type WeftConfigExport = WeftConfig | Promise<WeftConfig> | (() => WeftConfig | Promise<WeftConfig>);

/** Gives back what it is given: for the types in an editor. */
export function defineConfig<const Config extends WeftConfigExport>(config: Config): Config {
  return config;
}
