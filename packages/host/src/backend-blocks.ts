import { z } from 'zod';
import { block, duration, expected, integerFrom, openBlock, ratio, someTime, text } from './schema-parts.js';

const optional = z.exactOptional;
const addresses = expected('a list of addresses, ranges such as "10.0.0.0/8", or host names');

/** The seed's two other words for the driver and its address (A5). */
const aliases = { registry: 'driver', registryAddress: 'address' };

/** Schema of the `registry` block; keys beyond these belong to the driver. */
export const registryBlock = openBlock(
  {
    driver: optional(text),
    from: optional(text),
    timeout: optional(someTime),
    ttl: optional(someTime),
    staleAfter: optional(duration),
    snapshotFile: optional(text),
    allowedAddresses: optional(z.array(text, addresses).min(1, expected('at least one address, range or host name'))),
    selfPreservation: optional(
      z.union(
        [z.literal(false), block({ minInstances: optional(integerFrom(1)), ratio: optional(ratio) })],
        expected('false, or { minInstances, ratio }'),
      ),
    ),
  },
  { aliases, slot: 'registry', fallback: 'file' },
);

/** A driver's word, or the block. */
export const registry = z.union([text, registryBlock], expected('a driver such as "file", or { driver, ... }'));

/** Schema of the `config` block; keys beyond these belong to the driver. */
export const configBlock = openBlock(
  {
    driver: optional(text),
    from: optional(text),
    prefix: optional(z.string(expected('text'))),
    timeout: optional(someTime),
    staleAfter: optional(duration),
    secrets: optional(z.array(text, expected('a list of keys'))),
  },
  { aliases, slot: 'config', fallback: 'file' },
);

/** Schema of one transport; keys beyond these belong to the driver. */
const transportBlock = openBlock({ driver: optional(text), from: optional(text) }, { slot: 'transport', fallback: 'http' });

const oneTransport = z.union([text, transportBlock], expected('a driver such as "http", or { driver, ... }'));

/** One transport or several; the first is the default. */
export const transport = z.union(
  [text, transportBlock, z.array(oneTransport, expected('a list of transports')).min(1, expected('at least one transport'))],
  expected('a driver such as "http", { driver, ... }, or a list of them'),
);

/** Schema of one entry of `plugins`. */
export const plugin = z.union(
  [text, block({ from: text, options: optional(z.record(z.string(), z.unknown(), expected('an object'))) })],
  expected('a package or path, or { from, options }'),
);
