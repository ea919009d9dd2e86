import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { nearestName, WeftError } from '@weft/core';
import { balancerTemplate } from './balancer-template.js';
import { breakerTemplate } from './breaker-template.js';
import { configTemplate } from './config-template.js';
import { driverFiles } from './driver-files.js';
import type { DriverTemplate, ScaffoldSlot } from './driver-template.js';
import { registryTemplate } from './registry-template.js';

/** What is to be begun. */
export interface ScaffoldDriverOptions {
  /** `registry`, `config`, `balancer` or `breaker`. */
  readonly slot: string;
  /** The driver's word in a config: small letters, digits and `-`, beginning with a letter. */
  readonly name: string;
  /** The folder that it is written into; need not exist, but must be empty. */
  readonly folder: string;
  /** Scope of the package, such as `@acme`; without one it is called `weft-<slot>-<name>`. */
  readonly scope?: string | undefined;
  /** Whether it becomes a package of the workspace of Weft itself, with the tools and versions there. Default false. */
  readonly inWorkspace?: boolean | undefined;
}

const TEMPLATES: Readonly<Record<ScaffoldSlot, DriverTemplate>> = {
  registry: registryTemplate,
  config: configTemplate,
  balancer: balancerTemplate,
  breaker: breakerTemplate,
};
const NAME = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/;
const SCOPE = /^@[a-z0-9][\w.-]*$/;

/**
 * Begins a driver: writes 6 files that work as they stand, over a backend in memory that is to be replaced, and pass the
 * suite of their slot. Nothing outside of `folder` changes.
 * @returns the paths of the files
 * @throws WEFT_INVALID_ARGUMENT when the slot is unknown, a name cannot be one, or the folder has something in it
 */
export function scaffoldDriver({ slot, name, folder, scope, inWorkspace = false }: ScaffoldDriverOptions): readonly string[] {
  if (!isScaffoldSlot(slot)) throw invalid(`there is no scaffold for the slot "${slot}"`, slots(slot));
  if (!NAME.test(name)) throw invalid(`"${name}" is no driver's name`, 'expected small letters, digits and "-", such as "my-kv"');
  if (scope !== undefined && !SCOPE.test(scope)) throw invalid(`"${scope}" is no scope`, 'expected one such as "@acme"');
  if (!isEmpty(folder)) throw invalid(`${folder} is not empty`, 'a driver is begun in a new folder');
  const packageName = scope === undefined ? `weft-${slot}-${name}` : `${scope}/${slot}-${name}`;
  const files = driverFiles(TEMPLATES[slot], { slot, name, packageName, inWorkspace });
  return Array.from(files, ([path, text]) => {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text, { flag: 'wx' });
    return file;
  });
}

function isScaffoldSlot(slot: string): slot is ScaffoldSlot {
  return Object.hasOwn(TEMPLATES, slot);
}

function slots(slot: string): string {
  const known = Object.keys(TEMPLATES);
  const nearest = nearestName(slot, known);
  return `known: ${known.join(', ')}${nearest ? `. Did you mean "${nearest}"?` : ''}`;
}

/** A folder that is not there is as good as an empty one. */
function isEmpty(folder: string): boolean {
  try {
    return readdirSync(folder).length === 0;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return true;
    throw invalid(`"${basename(folder)}" cannot be read`, String(error));
  }
}

function invalid(what: string, expected: string): WeftError {
  return new WeftError('WEFT_INVALID_ARGUMENT', `${what}: ${expected}`);
}
