import type { InstanceHandle, LoadBalancer } from '@weft/core';
import { type BalancerReader, readAlone } from './balancer-reader.js';
import { type HeldCalls, HeldPick, Members } from './members.js';
import { oncePerSnapshot } from './once-per-snapshot.js';
import { turnCounter } from './turn-counter.js';

/** Options of `consistentHash`. */
export interface ConsistentHashOptions {
  /**
   * How many times the average of calls in flight an instance may have, above 1; 1.25 unless set. Further calls go to the next
   * instance of the ring. `false` = as many as come.
   */
  readonly loadFactor?: number | false;
  /** Calls in flight that an instance may have in any case; 4 unless set. Below it few calls at once leave their instance. */
  readonly minInFlight?: number;
}

/**
 * Sends calls with the same key to the same instance, whoever sends them, as long as that one has room: no instance has more
 * than `loadFactor` times the average of calls in flight, so that one key that everybody wants does not bring it down. When an
 * instance leaves or comes, only its own keys move. Calls without a key are handed out in turn.
 *
 * Source: V. Mirrokni, M. Thorup, M. Zadimoghaddam, "Consistent Hashing with Bounded Loads", 2016.
 * @throws WEFT_CONFIG_INVALID when an option is wrong
 */
export function consistentHash(options: ConsistentHashOptions = {}): LoadBalancer {
  const { loadFactor, minInFlight } = readAlone((reader) => readConsistentHash(options, reader));
  const loads = new WeakMap<InstanceHandle, HeldCalls>();
  const membersFor = oncePerSnapshot((from) => new Members(from, loads));
  const nextTurn = turnCounter();
  return {
    strategy: 'consistent_hash',
    pick(from, call) {
      if (from.length === 0) return undefined;
      const members = membersFor(from);
      const room = Math.max(minInFlight, Math.ceil((loadFactor * (members.inFlight + 1)) / from.length));
      const chosen = call.key === undefined ? members.inTurn(nextTurn(), call, room) : members.byKey(call.key, call, room);
      return chosen && new HeldPick(chosen);
    },
  };
}

/** Options with their defaults; `loadFactor` is infinite when loads are not bounded. */
export function readConsistentHash(
  { loadFactor = 1.25, minInFlight = 4 }: ConsistentHashOptions,
  reader: BalancerReader,
): { readonly loadFactor: number; readonly minInFlight: number } {
  return {
    loadFactor: loadFactor === false ? Number.POSITIVE_INFINITY : reader.above(1, 'loadFactor', loadFactor),
    minInFlight: reader.count('minInFlight', minInFlight),
  };
}
