import { AvailabilitySet } from '@weft/breaker';
import { instanceRecord } from '@weft/conformance';
import { systemClock, systemRandom } from '@weft/core';

/**
 * The list that a client hands to its balancer: instances in two zones and of two versions, with weights 1 to 3.
 * @param {number} count
 */
export function openSnapshot(count) {
  const availability = new AvailabilitySet({ clock: systemClock, random: systemRandom, probe: async () => true });
  availability.update(Array.from({ length: count }, (_, index) => recordOf(index)));
  return { snapshot: availability.snapshot, close: () => availability.close() };
}

/** @param {number} index */
function recordOf(index) {
  return instanceRecord(`users-${index}`, {
    zone: index % 2 === 0 ? 'a' : 'b',
    version: index % 10 === 0 ? '2.0.0' : '1.0.0',
    weight: 1 + (index % 3),
    tags: ['blue'],
  });
}
