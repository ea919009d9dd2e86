import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { createRequire, isBuiltin } from 'node:module';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { messageOf, nearestName, type Slots } from '@weft/core';
import { KNOWN_DRIVERS } from './known-drivers.js';
import type { CodedProblem } from './problems.js';

/** Which module a config asks for. */
export interface DriverSource {
  /** The slot to be filled. */
  readonly slot: keyof Slots;
  /** Path of the block in the config, such as `registry`. */
  readonly path: string;
  /** The driver's word: `consul` under `registry` is the package `@weft/registry-consul`. */
  readonly word?: string | undefined;
  /** A package or a path; wins over the word. */
  readonly from?: string | undefined;
}

/** The file of the module, or why there is none. */
export type ResolvedDriver = { readonly file: string } | { readonly problem: CodedProblem };

const WORD = /^[a-z][a-z0-9]*(?:[-_][a-z0-9]+)*$/;
/** Keys that name a driver, where it is not `driver`. */
const NAMED_BY: Readonly<Partial<Record<keyof Slots, string>>> = { balancer: 'strategy', idempotency: 'store' };
const URL_LIKE = /^[a-z][a-z0-9+.-]*:/i;
const PACKAGE = /^(?:@[a-z0-9~-][\w.~-]*\/)?[a-z0-9~-][\w.~-]*(?:\/[\w~-][\w.~-]*)*$/i;

/**
 * Finds the file of a driver's module, seen from the first of `folders` that has it: the folder of the config file, or
 * where the program stands; never the folder of this package, from which pnpm hides what the program has installed.
 * Only packages, and paths inside the program's own workspace, are taken: a config is data, and must not become a way to
 * run whatever lies on the machine or on the network (R75).
 */
export function resolveDriver(source: DriverSource, folders: readonly string[]): ResolvedDriver {
  if (source.from === undefined) return resolveWord(source, folders);
  const { from } = source;
  const path = `${source.path}.from`;
  if (/^(?:\.{1,2}|)[/\\]/.test(from)) return resolvePath(from, path, folders[0] ?? process.cwd());
  const why = refusalOf(from);
  if (why) return { problem: { path, message: `${JSON.stringify(from)} ${why}` } };
  return resolvePackage(from, path, folders, `config.${path} is ${JSON.stringify(from)}`);
}

/** The name of the package that a word stands for. */
export function packageOf(slot: keyof Slots, word: string): string {
  return `@weft/${slot}-${word.replaceAll('_', '-')}`;
}

/** The folder that paths may not leave: of the nearest workspace, else of the nearest package, else `folder` itself. */
function workspaceRoot(folder: string): string {
  let nearestPackage: string | undefined;
  for (let at = resolve(folder), above = ''; at !== above; above = at, at = dirname(at)) {
    if (existsSync(join(at, 'pnpm-workspace.yaml')) || hasWorkspaces(join(at, 'package.json'))) return at;
    if (existsSync(join(at, 'package.json'))) nearestPackage ??= at;
  }
  return nearestPackage ?? resolve(folder);
}

function hasWorkspaces(file: string): boolean {
  try {
    return 'workspaces' in (JSON.parse(readFileSync(file, 'utf8')) as object);
  } catch {
    return false;
  }
}

function resolveWord({ slot, word = '', path }: DriverSource, folders: readonly string[]): ResolvedDriver {
  const named = NAMED_BY[slot] ?? 'driver';
  const at = `${path}.${named}`;
  const shown = JSON.stringify(word);
  const known = KNOWN_DRIVERS[slot] ?? [];
  if (!WORD.test(word)) {
    const message = `${shown} is no driver's word. Known: ${known.join(', ')}. A package or path of your own goes into "from".`;
    return { problem: { path: at, message } };
  }
  const name = packageOf(slot, word);
  const resolved = resolvePackage(name, at, folders, `config.${at} is ${shown}, which lives in ${name}`);
  if ('file' in resolved || resolved.problem.code !== 'WEFT_PLUGIN_NOT_INSTALLED' || known.includes(word)) return resolved;
  const nearest = nearestName(word, known);
  const hint = nearest ? `Did you mean "${nearest}"?` : `A driver of your own is named in ${path}.from.`;
  return { problem: { path: at, message: `unknown ${named} ${shown}. Known: ${known.join(', ')}. ${hint}` } };
}

function refusalOf(from: string): string | undefined {
  if (URL_LIKE.test(from)) return 'is a URL: expected an npm package, or a path that starts with ./ or ../';
  if (isBuiltin(from)) return 'is a part of Node: expected an npm package, or a path that starts with ./ or ../';
  if (!PACKAGE.test(from)) return 'is neither an npm package nor a path that starts with ./ or ../';
  return undefined;
}

function resolvePath(from: string, path: string, folder: string): ResolvedDriver {
  const file = resolve(folder, from);
  const root = realpath(workspaceRoot(folder));
  if (!isWithin(root, realpath(file))) {
    const message = `${JSON.stringify(from)} lies outside of ${root}: a config loads code of its own workspace or of packages only`;
    return { problem: { path, message } };
  }
  if (existsSync(file)) return { file };
  return { problem: { path, message: `${JSON.stringify(from)}: there is no file ${file}`, code: 'WEFT_PLUGIN_INVALID' } };
}

function isWithin(root: string, file: string): boolean {
  const way = relative(root, file);
  return way !== '' && !way.startsWith('..') && !isAbsolute(way);
}

function realpath(file: string): string {
  return existsSync(file) ? realpathSync(file) : file;
}

/** Finds a package; `what` begins the message that says how to install it. */
export function resolvePackage(name: string, path: string, folders: readonly string[], what: string): ResolvedDriver {
  for (const folder of folders) {
    if (!isInstalled(name, folder)) continue;
    try {
      return { file: createRequire(join(folder, 'weft.config.js')).resolve(name) };
    } catch (error) {
      return { problem: { path, message: broken(name, error), code: 'WEFT_PLUGIN_INVALID' } };
    }
  }
  const message = `${what}, and that package is not installed. Run: pnpm add ${packagePart(name)}`;
  return { problem: { path, message, code: 'WEFT_PLUGIN_NOT_INSTALLED' } };
}

/** Whether a node_modules in `folder` or above has the package. Node itself would look into NODE_PATH and the home folder too. */
function isInstalled(name: string, folder: string): boolean {
  for (let at = resolve(folder), above = ''; at !== above; above = at, at = dirname(at)) {
    if (existsSync(join(at, 'node_modules', packagePart(name)))) return true;
  }
  return false;
}

/** `@acme/drivers` of `@acme/drivers/registry`. */
function packagePart(name: string): string {
  return name
    .split('/')
    .slice(0, name.startsWith('@') ? 2 : 1)
    .join('/');
}

function broken(name: string, error: unknown): string {
  return `${name} is installed but has no entry that can be loaded (a \`default\` in its exports): ${messageOf(error).split('\n')[0]}`;
}
