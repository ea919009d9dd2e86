import { instanceRecord, virtualClock } from '@weft/conformance';
import type { CacheableReply, CacheRequest, CacheRule, HeaderMap } from '@weft/core';
import { RequestCache } from '../src/request-cache.js';
import type { RequestCacheOptions } from '../src/request-cache-options.js';

/** What a service answers: status 200, no headers and the count of the load as its body unless said. */
export interface Said {
  readonly status?: number;
  readonly headers?: HeaderMap;
  readonly body?: string;
}

/** A GET of `path` of the service `users`. */
export function get(path = '/users/7', headers: readonly string[] = [], change: Partial<CacheRequest> = {}): CacheRequest {
  return { service: 'users', method: 'GET', path, headers, ...change };
}

/** A cache on a clock that a test moves, before a service that a test speaks for. */
export function cacheScene(options: RequestCacheOptions = {}) {
  const clock = virtualClock();
  const cache = new RequestCache({ clock, ...options });
  const scene = {
    clock,
    cache,
    /** What the service answers, or throws. */
    says: (): Said | Promise<Said> => ({}),
    /** What each load was to ask with. */
    asked: [] as (readonly string[])[],
    load: async (revalidate: readonly string[]): Promise<CacheableReply> => {
      scene.asked.push(revalidate);
      const count = scene.asked.length;
      const { status = 200, headers = {}, body = `answer ${count}` } = await scene.says();
      return { status, headers, body: Buffer.from(body), instance: instanceRecord('users-1') };
    },
    /** Asks through the cache; what came as text: `hit: answer 1`. */
    async ask(request: CacheRequest = get(), rule: CacheRule = {}): Promise<string> {
      const { reply, source } = await cache.through(request, rule, scene.load);
      return `${source}: ${Buffer.from(reply.body)}`;
    },
    /** What is kept although old, as text. */
    stale(request: CacheRequest = get()): string | undefined {
      const reply = cache.stale(request);
      return reply && Buffer.from(reply.body).toString();
    },
  };
  return scene;
}

/** A promise that a test settles. */
export function gate(): { readonly passed: Promise<void>; open(): void } {
  let open = () => {};
  const passed = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { passed, open: () => open() };
}
