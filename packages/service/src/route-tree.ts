import { messageOf, WeftError } from '@weft/core';
import createRouter from 'find-my-way';
import type { Route } from './route.js';
import { shapeOf } from './route-key.js';

/** A route and the parts of the path it matched. */
export interface Found {
  readonly route: Route;
  readonly params: Readonly<Record<string, string>>;
}

/** What stands at one pattern of a tree; empty once its routes are removed. */
interface Slot {
  readonly pattern: string;
  /** The route of the tree's method: goes before the one for any method. */
  own: Route | undefined;
  any: Route | undefined;
}

const MAX_PARAM_LENGTH = 1_024;

/**
 * The routes of one method. find-my-way rebuilds its whole tree for each removal (10 ms with 500 routes), so a removed
 * route only empties its slot, and the tree is rebuilt at once for all of them when a request or a new route meets one.
 */
export class RouteTree {
  #router = openRouter();
  #slots = new Map<string, Slot>();

  /** @throws WEFT_CONFLICT @throws WEFT_INVALID_ARGUMENT when the pattern is malformed or its regex can be made slow */
  add(route: Route): void {
    const shape = shapeOf(route.pattern);
    const present = this.#slots.get(shape);
    if (present && !(present.own ?? present.any)) this.#rebuild();
    const slot = this.#slots.get(shape) ?? this.#open(route.pattern, shape);
    const place = route.method === undefined ? 'any' : 'own';
    if (slot[place] || slot.pattern !== route.pattern) {
      throw new WeftError(
        'WEFT_CONFLICT',
        `route "${route.key}" matches the same as "${(slot[place] ?? slot.own ?? slot.any)?.key}"`,
      );
    }
    slot[place] = route;
  }

  remove(route: Route): void {
    const slot = this.#slots.get(shapeOf(route.pattern));
    if (slot?.own === route) slot.own = undefined;
    if (slot?.any === route) slot.any = undefined;
  }

  /** The most specific route for a path with or without a query; null when the path is no valid one. */
  find(path: string): Found | undefined | null {
    const found = this.#router.find('GET', path);
    if (!found) return undefined;
    const slot: Slot | null = found.store;
    if (slot === null) return null;
    const route = slot.own ?? slot.any;
    if (route) return { route, params: found.params as Record<string, string> };
    this.#rebuild();
    return this.find(path);
  }

  #open(pattern: string, shape: string): Slot {
    const slot: Slot = { pattern, own: undefined, any: undefined };
    try {
      this.#router.on('GET', pattern, () => {}, slot);
    } catch (error) {
      throw new WeftError('WEFT_INVALID_ARGUMENT', `route "${pattern}": ${messageOf(error)}`, { cause: error });
    }
    this.#slots.set(shape, slot);
    return slot;
  }

  #rebuild(): void {
    const live = [...this.#slots].filter(([, slot]) => slot.own ?? slot.any);
    this.#slots = new Map(live);
    this.#router = openRouter();
    for (const [, slot] of live) this.#router.on('GET', slot.pattern, () => {}, slot);
  }
}

function openRouter() {
  return createRouter({
    maxParamLength: MAX_PARAM_LENGTH,
    querystringParser: () => undefined,
    onBadUrl: () => {},
  });
}
