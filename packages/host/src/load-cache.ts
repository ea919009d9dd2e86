import { pathToFileURL } from 'node:url';
import { messageOf, type ReplyCache, WeftError } from '@weft/core';
import type { Blueprint } from './blueprint.js';
import { isCaching } from './govern.js';
import type { CodedProblem } from './problems.js';
import { resolvePackage } from './resolve-driver.js';

/** The cache that a config switches on, or why there is none; neither when it is off. */
export interface LoadedCache {
  /** A new one, empty. */
  readonly cache?: ReplyCache;
  /** Why there is none. */
  readonly problems: readonly CodedProblem[];
}

const PACKAGE = '@weft/cache';

/** Loads the package of the cache, seen from the program as a driver is, and makes one. It opens nothing. */
export async function loadCache({ config, folders, given, clock, parts }: Blueprint): Promise<LoadedCache> {
  if (given.cache || !parts.has('client') || !isCaching(config)) return { problems: [] };
  const resolved = resolvePackage(PACKAGE, 'cache', folders, `config.cache needs ${PACKAGE}`);
  if ('problem' in resolved) return { problems: [resolved.problem] };
  const { enabled: _, ...options } = typeof config.cache === 'object' ? config.cache : {};
  try {
    const { RequestCache } = (await import(pathToFileURL(resolved.file).href)) as {
      readonly RequestCache: new (options: object) => ReplyCache;
    };
    return { cache: new RequestCache({ ...options, clock }), problems: [] };
  } catch (error) {
    if (error instanceof WeftError && error.problems) return { problems: error.problems };
    const message = `${PACKAGE} does not give a cache: ${messageOf(error)}`;
    return { problems: [{ path: 'cache', message, code: 'WEFT_PLUGIN_INVALID' }] };
  }
}
