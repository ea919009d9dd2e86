import { z } from 'zod';
import { protection } from './protection-block.js';
import { block, duration, expected, flag, integerFrom, numberFrom, port, text, textMap } from './schema-parts.js';

const optional = z.exactOptional;
const pem = z.union([text, z.instanceof(Uint8Array).meta({ not: {} })], expected('a certificate or key as text or bytes'));

const healthCheck = z.union(
  [text, block({ path: optional(text), interval: optional(duration), timeout: optional(duration) })],
  expected('a path, or { path, interval, timeout }'),
);

const tls = block({ cert: pem, key: pem, ca: optional(pem) });

/** Schema of the `service` block: the words of `Service`'s options. */
export const serviceBlock = block({
  id: optional(text),
  name: text,
  version: optional(text),
  host: optional(text),
  port: optional(port),
  advertise: optional(block({ host: optional(text), port: optional(port) })),
  tls: optional(tls),
  metadata: optional(textMap),
  tags: optional(z.array(text, expected('a list of texts'))),
  zone: optional(text),
  weight: optional(numberFrom(0)),
  healthCheck: optional(healthCheck),
  drain: optional(block({ propagation: optional(duration), grace: optional(duration) })),
  limits: optional(
    block({ bodyBytes: optional(integerFrom(1)), headerBytes: optional(integerFrom(1)), connections: optional(integerFrom(1)) }),
  ),
  trustedPeers: optional(z.array(text, expected('a list of addresses'))),
  requireRegistration: optional(flag),
  strictVersions: optional(flag),
  ...protection,
});
