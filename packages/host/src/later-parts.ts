import type { CodedProblem } from './problems.js';
import { resolvePackage } from './resolve-driver.js';
import type { WeftConfig } from './weft-config.js';

/** Blocks that belong to packages of later releases, and the package that each one needs. */
const PACKAGE_OF = {
  queue: ({ queue }: WeftConfig) => `@weft/queue-${queue?.driver ?? 'memory'}`,
  serviceMesh: () => '@weft/mesh',
  admin: () => '@weft/admin',
} as const;

/** A problem for each block that is switched on and whose package is missing, or newer than this host. */
export function checkLaterParts(config: WeftConfig, folders: readonly string[]): CodedProblem[] {
  const blocks = Object.entries(PACKAGE_OF).filter(([key]) => isOn(config[key as keyof typeof PACKAGE_OF]));
  return blocks.map(([path, nameOf]) => missing(path, nameOf(config), folders));
}

function isOn(block: unknown): boolean {
  if (block === undefined) return false;
  return !(typeof block === 'object' && block !== null && 'enabled' in block && block.enabled === false);
}

function missing(path: string, name: string, folders: readonly string[]): CodedProblem {
  const resolved = resolvePackage(name, path, folders, `config.${path} needs ${name}`);
  if ('problem' in resolved) return resolved.problem;
  const message = `needs ${name}, which is newer than this @weft/host. Run: pnpm update @weft/host`;
  return { path, message, code: 'WEFT_PLUGIN_INVALID' };
}
