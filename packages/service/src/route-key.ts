import { METHODS } from 'node:http';
import { nearestName, WeftError } from '@weft/core';

/** What a route answers: one method, or any, on a pattern of paths. */
export interface RouteKey {
  /** Upper case; undefined for any method. */
  readonly method: string | undefined;
  /** Path with `:name` for a part, or `*` for the rest. */
  readonly pattern: string;
}

/**
 * Reads `'GET /users/:id'`, or `'/users/:id'` for any method.
 * @throws WEFT_INVALID_ARGUMENT
 */
export function parseRouteKey(key: string): RouteKey {
  const [first = '', second, ...more] = key.trim().split(/\s+/);
  const pattern = second ?? first;
  if (!pattern.startsWith('/') || more.length > 0) {
    throw invalid(key, 'expected a path such as "/users/:id", or a method and a path such as "GET /users/:id"');
  }
  if (second === undefined) return { method: undefined, pattern };
  const method = first.toUpperCase();
  if (METHODS.includes(method)) return { method, pattern };
  const near = nearestName(method, METHODS);
  throw invalid(key, `unknown method "${first}".${near ? ` Did you mean "${near}"?` : ''}`);
}

/** The one way to write a key. */
export function formatRouteKey({ method, pattern }: RouteKey): string {
  return method === undefined ? pattern : `${method} ${pattern}`;
}

/** The pattern without the names of its parts: two patterns of one shape match the same paths. */
export function shapeOf(pattern: string): string {
  return pattern.replace(/:[^/().-]+/g, ':');
}

function invalid(key: string, message: string): WeftError {
  return new WeftError('WEFT_INVALID_ARGUMENT', `route "${key}": ${message}`);
}
