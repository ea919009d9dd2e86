import { isIP } from 'node:net';
import { IDEMPOTENCY_METADATA, messageOf, nearestName, type Problem, parseDuration, type Random, refuseAll } from '@weft/core';
import { metadataProblem } from './metadata.js';
import type { Check, ReadDuration } from './option-check.js';
import { type ProtectionSettings, parseProtection } from './protection-settings.js';
import type { ServiceOptions } from './service-options.js';
import type { ServiceParts } from './service-parts.js';

/** Checked options with every default filled in; durations in ms. */
export interface ServiceSettings {
  readonly tls?: NonNullable<ServiceOptions['tls']>;
  readonly zone?: string;
  readonly advertise?: NonNullable<ServiceOptions['advertise']>;
  readonly name: string;
  readonly version: string;
  readonly id: string;
  readonly host: string;
  readonly port: number;
  readonly http: boolean;
  readonly metadata: Readonly<Record<string, string>>;
  readonly tags: readonly string[];
  readonly weight: number;
  readonly health: { readonly path: string; readonly intervalMs: number; readonly timeoutMs: number };
  readonly drain: { readonly propagationMs: number | undefined; readonly graceMs: number };
  readonly limits: { readonly bodyBytes: number; readonly headerBytes: number; readonly connections: number };
  readonly trustedPeers: readonly string[];
  readonly requireRegistration: boolean;
  readonly strictVersions: boolean;
  readonly protection: ProtectionSettings;
  /** What the record says beside the metadata of the options. */
  readonly marks: Readonly<Record<string, string>>;
}

/** Some of the parts bear on what is right. */
type GivenOptions = ServiceOptions & Pick<ServiceParts, 'transports' | 'idempotencyStore' | 'clock'>;

const MAX_PORT = 65_535;
const NAME = /^[A-Za-z0-9._-]{1,128}$/;
const KNOWN =
  'name version id host port http advertise tls metadata tags zone weight healthCheck drain limits trustedPeers requireRegistration strictVersions overload rateLimit concurrency idempotency registry logger metrics tracer clock random transports rateLimits idempotencyStore';

/**
 * Checks `options` and fills in the defaults.
 * @throws WEFT_CONFIG_INVALID with every problem at once
 */
export function parseServiceOptions(options: GivenOptions, random: Random): ServiceSettings {
  const problems: Problem[] = [];
  const check: Check = (path, isRight, message) => {
    if (!isRight) problems.push({ path: `service.${path}`, message });
  };
  const duration: ReadDuration = (path, value, orMs) => {
    try {
      return value === undefined ? orMs : parseDuration(value, `service.${path}`);
    } catch (error) {
      check(path, false, messageOf(error).replace(`service.${path}: `, ''));
      return orMs;
    }
  };
  checkWords(options, check);
  const protection = parseProtection(options, { check, duration });
  const { store } = protection.idempotency ?? {};
  const marks = store ? { [IDEMPOTENCY_METADATA]: store.supports.multiProcess ? 'shared' : 'local' } : {};
  checkValues(options, marks, check);
  const settings = { ...withDefaults(options, duration, random), protection, marks };
  check('healthCheck.interval', settings.health.intervalMs >= 1, 'expected at least 1 ms');
  refuseAll(problems);
  return settings;
}

type Defaults = Omit<ServiceSettings, 'protection' | 'marks'>;

function withDefaults(options: ServiceOptions, duration: ReadDuration, random: Random): Defaults {
  const { tls, zone, advertise, drain = {}, limits = {} } = options;
  const health = typeof options.healthCheck === 'string' ? { path: options.healthCheck } : (options.healthCheck ?? {});
  return {
    ...(tls && { tls }),
    ...(zone !== undefined && { zone }),
    ...(advertise && { advertise }),
    name: options.name,
    version: options.version ?? '0.0.0',
    id: options.id ?? `${options.name}-${randomCharacters(random)}`,
    host: options.host ?? '127.0.0.1',
    port: options.port ?? 0,
    http: options.http ?? true,
    metadata: { ...options.metadata },
    tags: [...(options.tags ?? [])],
    weight: options.weight ?? 1,
    health: {
      path: health.path ?? '/health',
      intervalMs: duration('healthCheck.interval', health.interval, 30_000),
      timeoutMs: duration('healthCheck.timeout', health.timeout, 5_000),
    },
    drain: {
      propagationMs: drain.propagation === undefined ? undefined : duration('drain.propagation', drain.propagation, 0),
      graceMs: duration('drain.grace', drain.grace, 20_000),
    },
    limits: {
      bodyBytes: limits.bodyBytes ?? 1_048_576,
      headerBytes: limits.headerBytes ?? 16_384,
      connections: limits.connections ?? 10_000,
    },
    trustedPeers: options.trustedPeers ?? ['127.0.0.0/8', '::1'],
    requireRegistration: options.requireRegistration ?? false,
    strictVersions: options.strictVersions ?? false,
  };
}

function checkWords(options: ServiceOptions, check: Check): void {
  const known = KNOWN.split(' ');
  for (const [word, value] of Object.entries(options)) {
    if (value === undefined) continue;
    const near = nearestName(word, known);
    check(word, known.includes(word), `unknown option.${near ? ` Did you mean "${near}"?` : ''}`);
  }
}

function checkValues(options: GivenOptions, marks: ServiceSettings['marks'], check: Check): void {
  const { name, port = 0, weight = 1, metadata = {}, advertise, limits = {}, healthCheck } = options;
  const isName = typeof name === 'string' && NAME.test(name);
  check('name', isName, `${JSON.stringify(name)}: expected 1 to 128 letters, digits, ".", "_" or "-"`);
  check('port', isPort(port), `${JSON.stringify(port)}: expected a whole number from 0 (any free port) to ${MAX_PORT}`);
  const advertised = advertise?.port ?? 1;
  check('advertise.port', isPort(advertised) && advertised > 0, `${advertised}: expected a whole number from 1 to ${MAX_PORT}`);
  check('weight', Number.isFinite(weight) && weight >= 0, `${weight}: expected a number from 0`);
  for (const [key, value] of Object.entries(limits)) {
    check(
      `limits.${key}`,
      value === undefined || (Number.isSafeInteger(value) && value > 0),
      `${value}: expected a whole number from 1`,
    );
  }
  const wrong = metadataProblem(metadata) ?? metadataProblem({ ...metadata, ...marks });
  check('metadata', wrong === undefined, wrong ?? '');
  const path = typeof healthCheck === 'string' ? healthCheck : (healthCheck?.path ?? '/health');
  check('healthCheck', path.startsWith('/'), `"${path}": expected a path that begins with "/"`);
  for (const peer of options.trustedPeers ?? []) {
    check('trustedPeers', isPeer(peer), `"${peer}": expected an IP address or a CIDR range`);
  }
  const isReachable = options.http !== false || (options.transports ?? []).length > 0;
  check('http', isReachable, 'false: expected `transports`, for a service without HTTP answers on them');
}

function isPort(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= MAX_PORT;
}

/** An address, or the first address of a range and the number of its bits. */
function isPeer(peer: string): boolean {
  const [address = '', bits, more] = peer.split('/');
  const most = { 4: 32, 6: 128 }[isIP(address)];
  return most !== undefined && more === undefined && (bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= most));
}

function randomCharacters(random: Random): string {
  return Array.from({ length: 8 }, () => Math.floor(random() * 36).toString(36)).join('');
}
