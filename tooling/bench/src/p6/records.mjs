/** The only service of those who need but one. */
export const SERVICE = 'service-0';

/** @param {number} index */
export function serviceName(index) {
  return `service-${index}`;
}

/**
 * The record of an instance as it comes from a backend: ids, hosts and incarnations as we make them, all of them distinct,
 * and no text shared with another record.
 * @param {number} service
 * @param {number} index of the instance
 * @param {number} change how often it has changed: told by its weight, and by its metadata, of which deployments give many instances the same
 * @returns {import('@weft/core').ServiceInstance}
 */
export function record(service, index, change = 0) {
  const name = serviceName(service);
  const number = service * 100_003 + index;
  const random = ((number * 2_654_435_761) % 2_821_109_907_456).toString(36).padStart(8, '0');
  return JSON.parse(
    JSON.stringify({
      id: `${name}-${random}`,
      name,
      version: '1.4.2',
      host: `10.${service % 256}.${(index >> 8) % 256}.${index % 256}`,
      endpoints: [{ protocol: 'http', port: 8080 + (index % 50) }],
      status: 'up',
      healthPath: '/readyz',
      incarnation: `${(1_900_000_000_000 + number).toString(36).padStart(9, '0')}-${random}`,
      weight: 1 + (change % 100),
      zone: `eu-1${'abc'[index % 3]}`,
      tags: ['v1', 'http'],
      metadata: { team: 'shop', build: change === 0 ? 'first' : `b${change % 10}` },
    }),
  );
}

/**
 * The record of the only instance of the only service after a change, with its number in the metadata.
 * @param {number} change
 */
export function numbered(change) {
  const changed = record(0, 0, change);
  return { ...changed, metadata: { ...changed.metadata, change: String(change) } };
}

/**
 * All records of a service.
 * @param {number} service
 * @param {number} count
 */
export function records(service, count) {
  return Array.from({ length: count }, (_, index) => record(service, index));
}
