import type { SecureContextOptions } from 'node:tls';
import { type Clock, parseDuration, type Random, systemClock, systemRandom } from '@weft/core';
import type { HttpTransportOptions } from './options.js';

/** TLS as node:tls takes it. */
export interface TlsSettings extends Pick<SecureContextOptions, 'ca' | 'cert' | 'key'> {
  servername?: string;
  rejectUnauthorized?: boolean;
}

/** The options with every default filled in, in ms and bytes. */
export interface HttpSettings {
  readonly connections: number;
  readonly checkoutMs: number;
  readonly idleMs: number;
  readonly maxAgeMs: number;
  readonly connectMs: number;
  readonly headersMs: number;
  readonly bodyMs: number;
  readonly responseBytes: number;
  readonly headerBytes: number;
  readonly tls: TlsSettings;
  readonly clock: Clock;
  readonly random: Random;
}

/** @throws WEFT_CONFIG_INVALID for a duration that is none */
export function parseSettings(
  options: HttpTransportOptions & { readonly clock?: Clock; readonly random?: Random },
): HttpSettings {
  const { pool = {}, limits = {}, tls = {}, clock = systemClock, random = systemRandom } = options;
  return {
    connections: pool.connections ?? 50,
    checkoutMs: parseDuration(pool.checkoutTimeout ?? 5_000, 'pool.checkoutTimeout'),
    idleMs: parseDuration(pool.idleTimeout ?? 4_000, 'pool.idleTimeout'),
    maxAgeMs: parseDuration(pool.maxAge ?? 600_000, 'pool.maxAge'),
    connectMs: parseDuration(options.connectTimeout ?? 2_000, 'connectTimeout'),
    headersMs: parseDuration(options.headersTimeout ?? 300_000, 'headersTimeout'),
    bodyMs: parseDuration(options.bodyTimeout ?? 30_000, 'bodyTimeout'),
    responseBytes: limits.responseBytes ?? 10 * 1_048_576,
    headerBytes: limits.headerBytes ?? 16_384,
    tls: tlsOptions(tls),
    clock,
    random,
  };
}

function tlsOptions(tls: NonNullable<HttpTransportOptions['tls']>): TlsSettings {
  const options: TlsSettings = {};
  if (tls.ca !== undefined) options.ca = pem(tls.ca);
  if (tls.cert !== undefined) options.cert = pem(tls.cert);
  if (tls.key !== undefined) options.key = pem(tls.key);
  if (tls.servername !== undefined) options.servername = tls.servername;
  if (tls.rejectUnauthorized !== undefined) options.rejectUnauthorized = tls.rejectUnauthorized;
  return options;
}

function pem(value: string | Uint8Array): string | Buffer {
  return typeof value === 'string' ? value : Buffer.from(value);
}
