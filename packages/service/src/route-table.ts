import { WeftError } from '@weft/core';
import { LATEST } from './choose-version.js';
import { Route, type RouteFlags } from './route.js';
import { formatRouteKey, parseRouteKey, type RouteKey } from './route-key.js';
import { type Found, RouteTree } from './route-tree.js';
import type { ServiceHandler } from './service-handler.js';

/** Where a request goes. */
export interface Match {
  readonly route: Route | undefined;
  readonly params: Readonly<Record<string, string>>;
  /** Without a route: `bad-path`, or the methods that the path has; none means that there is no such path. */
  readonly allow?: readonly string[];
  readonly isBadPath?: boolean;
}

const NO_PARAMS = Object.freeze({});

/** The handler table: what every transport of a service dispatches through. */
export class RouteTable {
  readonly #routes = new Map<string, Route>();
  readonly #trees = new Map<string, RouteTree>();
  /** For methods that no route names. */
  readonly #anyTree = new RouteTree();

  /** @throws WEFT_CONFLICT when the key has a handler already @throws WEFT_INVALID_ARGUMENT when it is malformed */
  add(key: string, handler: ServiceHandler, flags?: RouteFlags): void {
    this.addVersion(LATEST, key, handler, flags);
  }

  /** Adds one version of a route; `latest` is the plain handler. @throws as `add` */
  addVersion(version: string, key: string, handler: ServiceHandler, flags?: RouteFlags): void {
    const parsed = parseRouteKey(key);
    const isExempt = this.#makeRoom(parsed);
    const route =
      this.#routes.get(formatRouteKey(parsed)) ?? this.#insert(new Route(parsed, isExempt ? { isExempt, ...flags } : flags));
    const present = version === LATEST ? route.handler : route.versions.get(version);
    if (present) {
      const which = version === LATEST ? `route "${route.key}"` : `version "${version}" of route "${route.key}"`;
      throw new WeftError('WEFT_CONFLICT', `${which} has a handler already: remove it first`);
    }
    if (version === LATEST) route.handler = handler;
    else route.versions.set(version, handler);
  }

  /** Removes a route with all its versions; false when there was none. Requests that run are not touched. */
  remove(key: string): boolean {
    const route = this.#routes.get(formatRouteKey(parseRouteKey(key)));
    if (!route || route.isBuiltIn) return false;
    this.#delete(route);
    return true;
  }

  /** The user's handlers by key; a route that has versions only stands with its first. */
  handlers(): Map<string, ServiceHandler> {
    const handlers = new Map<string, ServiceHandler>();
    for (const route of this.#routes.values()) {
      const handler = route.handler ?? route.versions.values().next().value;
      if (handler && !route.isBuiltIn) handlers.set(route.key, handler);
    }
    return handlers;
  }

  /** @param path with or without a query */
  find(method: string, path: string): Match {
    const found = this.#lookup(method, path);
    if (found) return found;
    if (found === null) return { route: undefined, params: NO_PARAMS, isBadPath: true };
    return { route: undefined, params: NO_PARAMS, allow: this.#allowed(path) };
  }

  #lookup(method: string, path: string): Found | undefined | null {
    const found = (this.#trees.get(method) ?? this.#anyTree).find(path);
    if (method !== 'HEAD' || found?.route.method !== undefined) return found;
    return this.#trees.get('GET')?.find(path) ?? found;
  }

  #allowed(path: string): string[] {
    const methods = [...this.#trees].filter(([, tree]) => tree.find(path)).map(([method]) => method);
    if (methods.length === 0) return [];
    const implied = methods.includes('GET') ? ['HEAD', 'OPTIONS'] : ['OPTIONS'];
    return [...new Set([...methods, ...implied])].sort();
  }

  /** Takes a route of the service itself away, for one of this key; true when there was one. */
  #makeRoom({ method, pattern }: RouteKey): boolean {
    const builtIn = method === undefined || method === 'GET' ? this.#routes.get(`GET ${pattern}`) : undefined;
    if (!builtIn?.isBuiltIn) return false;
    this.#delete(builtIn);
    return true;
  }

  #insert(route: Route): Route {
    const trees = route.method === undefined ? [this.#anyTree, ...this.#trees.values()] : [this.#treeOf(route.method)];
    const added: RouteTree[] = [];
    try {
      for (const tree of trees) {
        tree.add(route);
        added.push(tree);
      }
    } catch (error) {
      for (const tree of added) tree.remove(route);
      throw error;
    }
    this.#routes.set(route.key, route);
    return route;
  }

  #delete(route: Route): void {
    this.#routes.delete(route.key);
    this.#anyTree.remove(route);
    for (const tree of this.#trees.values()) tree.remove(route);
  }

  #treeOf(method: string): RouteTree {
    const present = this.#trees.get(method);
    if (present) return present;
    const tree = new RouteTree();
    for (const route of this.#routes.values()) if (route.method === undefined) tree.add(route);
    this.#trees.set(method, tree);
    return tree;
  }
}
