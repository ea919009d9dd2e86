import { ServiceError } from '@weft/core';

/** The version that nobody moves: the plain handler of a route. */
export const LATEST = 'latest';

/** A handler and the version it is. */
export interface Versioned<Handler> {
  readonly version: string;
  readonly handler: Handler;
}

/** The handlers of one route. */
export interface VersionTable<Handler> {
  /** The plain one. */
  readonly handler: Handler | undefined;
  readonly versions: ReadonlyMap<string, Handler>;
}

/**
 * The handler for the version that was asked for. No version, or one that is not there, means the plain handler, or the
 * highest version when there is no plain one.
 * @throws ServiceError 400 when `isStrict` and the version is not there
 */
export function chooseVersion<Handler>(table: VersionTable<Handler>, asked: string, isStrict: boolean): Versioned<Handler> {
  const exact = table.versions.get(asked);
  if (exact !== undefined) return { version: asked, handler: exact };
  if (isStrict && asked !== '' && asked !== LATEST) {
    const known = [...table.versions.keys()].join(', ');
    throw new ServiceError(400, `Unknown version "${asked}". Known: ${known}`);
  }
  if (table.handler !== undefined) return { version: LATEST, handler: table.handler };
  const [version = LATEST, handler] = [...table.versions].sort(([a], [b]) => compareVersions(b, a))[0] ?? [];
  if (handler === undefined) throw new ServiceError(400, 'no handler found for version');
  return { version, handler };
}

/** Order of two versions by semver 2.0.0: numbers by value, a pre-release below its release. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [partsOf(a), partsOf(b)];
  return compareParts(left.numbers, right.numbers) || comparePreRelease(left.pre, right.pre);
}

function partsOf(version: string): { numbers: string[]; pre: string[] } {
  const [plain = ''] = version.replace(/^v/, '').split('+');
  const dash = plain.indexOf('-');
  const numbers = (dash < 0 ? plain : plain.slice(0, dash)).split('.');
  return { numbers, pre: dash < 0 ? [] : plain.slice(dash + 1).split('.') };
}

function comparePreRelease(a: readonly string[], b: readonly string[]): number {
  if (a.length === 0 || b.length === 0) return b.length - a.length;
  return compareParts(a, b);
}

function compareParts(a: readonly string[], b: readonly string[]): number {
  for (let at = 0; at < Math.max(a.length, b.length); at++) {
    const [left, right] = [a[at], b[at]];
    if (left === undefined || right === undefined) return left === undefined ? -1 : 1;
    const byValue = Number(left) - Number(right);
    const difference = Number.isNaN(byValue) ? left.localeCompare(right, 'en') : byValue;
    if (difference !== 0) return difference;
  }
  return 0;
}
