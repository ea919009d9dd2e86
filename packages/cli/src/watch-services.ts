import { isDeepStrictEqual } from 'node:util';
import { type Clock, keepAwake, sleep, WeftError } from '@weft/core';
import type { Registry, ServiceInfo } from '@weft/registry';

/** What happened to the services: all of them first, then each change. */
export type ServicesEvent =
  | { readonly type: 'snapshot'; readonly instances: readonly ServiceInfo[] }
  | { readonly type: 'added' | 'updated' | 'removed'; readonly instance: ServiceInfo };

/** How services are watched. */
export interface WatchServicesOptions {
  /** From one look to the next, in ms. */
  readonly intervalMs: number;
  readonly clock: Clock;
  /** Ends the watch without an error. */
  readonly signal: AbortSignal;
  /** Told once per outage. */
  onTrouble(error: Error): void;
}

/**
 * Every change to any service, found by listing them all again and again: a registry follows one service at a time. Lives
 * through outages.
 * @throws WEFT_REGISTRY_UNAVAILABLE when the first list does not arrive
 */
export async function* watchServices(registry: Registry, options: WatchServicesOptions): AsyncGenerator<ServicesEvent> {
  const { intervalMs, clock, signal, onTrouble } = options;
  let known: ReadonlyMap<string, ServiceInfo> | undefined;
  let isInTrouble = false;
  while (!signal.aborted) {
    try {
      const now = byKey(await registry.listServices());
      isInTrouble = false;
      if (known) yield* changes(known, now);
      else yield { type: 'snapshot', instances: [...now.values()] };
      known = now;
    } catch (error) {
      if (signal.aborted) return;
      if (!known || !(error instanceof WeftError)) throw error;
      if (!isInTrouble) onTrouble(error);
      isInTrouble = true;
    }
    await pause(intervalMs, clock, signal);
  }
}

function byKey(all: readonly ServiceInfo[]): ReadonlyMap<string, ServiceInfo> {
  return new Map(all.map((info) => [`${info.name}\n${info.id}`, info]));
}

function* changes(before: ReadonlyMap<string, ServiceInfo>, now: ReadonlyMap<string, ServiceInfo>): Generator<ServicesEvent> {
  for (const [key, instance] of before) if (!now.has(key)) yield { type: 'removed', instance };
  for (const [key, instance] of now) {
    const earlier = before.get(key);
    if (!earlier) yield { type: 'added', instance };
    else if (!isDeepStrictEqual(earlier, instance)) yield { type: 'updated', instance };
  }
}

async function pause(ms: number, clock: Clock, signal: AbortSignal): Promise<void> {
  const letSleep = keepAwake();
  await sleep(ms, clock, signal)
    .catch(() => {})
    .finally(letSleep);
}
