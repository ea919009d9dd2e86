import type { ConfigClient } from '@weft/config';
import type { Registry } from '@weft/registry';
import type { Backend } from './backend.js';
import type { Fleet } from './fleet.js';
import type { Telemetry } from './telemetry.js';
import type { Traffic } from './traffic.js';

/** What every scene plays on. */
export interface Stage {
  readonly registry: Registry;
  readonly config: ConfigClient;
  readonly fleet: Fleet;
  readonly traffic: Traffic;
  /** What registry and config center are kept in. */
  readonly backend: Backend;
  /** Where its spans and metrics go. */
  readonly telemetry: Telemetry;
  /** Says what happens now. */
  say(what: string): void;
}

/** What a scene found. */
export interface Check {
  readonly name: string;
  readonly ok: boolean;
  /** The figures. */
  readonly detail: string;
}

/** One thing that goes on in the shop while the traffic runs. */
export interface Scene {
  readonly name: string;
  /** True when it breaks answers on purpose and counts them itself: the traffic's failures are then its own matter. */
  readonly breaksAnswers?: boolean;
  play(stage: Stage): Promise<{ readonly ok: boolean; readonly detail: string }>;
}

/** Resolves after `ms`. */
export function rest(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Resolves to true as soon as `condition` holds, to false after `timeoutMs`. */
export async function until(condition: () => boolean | Promise<boolean>, timeoutMs: number): Promise<boolean> {
  const giveUpAt = performance.now() + timeoutMs;
  while (performance.now() < giveUpAt) {
    if (await condition()) return true;
    await rest(50);
  }
  return false;
}
