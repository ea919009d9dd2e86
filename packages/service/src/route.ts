import type { VersionTable } from './choose-version.js';
import { formatRouteKey, type RouteKey } from './route-key.js';
import type { ServiceHandler } from './service-handler.js';

/** What may be special about a route. */
export type RouteFlags = Partial<Pick<Route, 'isBuiltIn' | 'isExempt' | 'readsBody'>>;

/** One entry of the handler table. */
export class Route implements VersionTable<ServiceHandler>, RouteKey {
  readonly method: string | undefined;
  readonly pattern: string;
  /** As in `getHandlers()`. */
  readonly key: string;
  /** Handlers by version, beside the plain one. */
  readonly versions = new Map<string, ServiceHandler>();
  /** Part of the service itself: hidden from `getHandlers()`, outside of the middleware, replaced by a user's route. */
  readonly isBuiltIn: boolean;
  /** Whether the handler wants the body parsed. */
  readonly readsBody: boolean;
  /** Whether its requests are never refused: health, and what the service itself answers. */
  readonly isExempt: boolean;
  /** The plain handler: what `latest` means. */
  handler: ServiceHandler | undefined;

  constructor(key: RouteKey, { isBuiltIn = false, isExempt = isBuiltIn, readsBody = true }: RouteFlags = {}) {
    this.method = key.method;
    this.pattern = key.pattern;
    this.key = formatRouteKey(key);
    this.isBuiltIn = isBuiltIn;
    this.isExempt = isExempt;
    this.readsBody = readsBody;
  }
}
