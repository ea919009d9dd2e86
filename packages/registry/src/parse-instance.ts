import { isIP } from 'node:net';
import { type Endpoint, type InstanceStatus, WeftError, withoutStack } from '@weft/core';
import type { ServiceInfo } from './service-info.js';

const MAX_TEXT = 256;
const MAX_PATH = 2_048;
const MAX_ITEMS = 64;
const MAX_METADATA_BYTES = 8_192;
const CONTROL = /\p{Cc}/u;
const HOST_NAME = /^[\w.-]{1,253}$/;
const STATUSES: readonly unknown[] = ['up', 'not-ready', 'draining'];
const POLLUTING = new Set(['__proto__', 'constructor', 'prototype']);

/**
 * A record of a backend, checked and copied into fresh frozen objects, with the defaults of absent fields filled in. A
 * record that is wrong in one field is refused whole: half a record may send traffic to the wrong place.
 * @param name the service that the record has to belong to, when that is known
 * @throws WEFT_INVALID_ARGUMENT with what is wrong, the field first: `port: 70000 is not an integer in 1-65535`
 */
export function parseInstance(record: unknown, name?: string): ServiceInfo {
  if (!isObject(record)) throw refused('record', record, 'an object');
  const host = parseHost(record.host);
  const endpoints = parseEndpoints(record.endpoints);
  const healthPath = optional(record.healthPath, (value) => parsePath('healthPath', value));
  const zone = optional(record.zone, (value) => parseText('zone', value));
  const [first] = endpoints;
  return Object.freeze({
    id: parseText('id', record.id),
    name: parseName(record.name, name),
    version: optional(record.version, (value) => parseText('version', value)) ?? '0.0.0',
    host,
    address: host,
    port: first.port,
    protocol: first.protocol,
    endpoints,
    status: parseStatus(record.status),
    ...(healthPath === undefined ? undefined : { healthPath }),
    incarnation: optional(record.incarnation, (value) => parseText('incarnation', value)) ?? '0',
    weight: parseWeight(record.weight),
    ...(zone === undefined ? undefined : { zone }),
    tags: parseTags(record.tags),
    metadata: parseMetadata(record.metadata),
  });
}

function parseName(value: unknown, expected: string | undefined): string {
  const name = parseText('name', value);
  if (expected !== undefined && name !== expected) throw refused('name', name, `"${expected}"`);
  return name;
}

function parseText(path: string, value: unknown): string {
  if (typeof value !== 'string' || value.length === 0 || value.length > MAX_TEXT || CONTROL.test(value)) {
    throw refused(path, value, `text of 1-${MAX_TEXT} characters without control characters`);
  }
  return value;
}

function parseHost(value: unknown): string {
  if (typeof value !== 'string' || !(HOST_NAME.test(value) || isIP(value) !== 0)) {
    throw refused('host', value, 'a plain host name or IP address');
  }
  return value;
}

function parseEndpoints(value: unknown): readonly [Endpoint, ...Endpoint[]] {
  if (!Array.isArray(value) || value.length > MAX_ITEMS) throw refused('endpoints', value, 'a list of { protocol, port }');
  const [first, ...others] = value.map(parseEndpoint);
  if (!first) throw refused('endpoints', value, 'at least one { protocol, port }');
  return Object.freeze([first, ...others] as const);
}

function parseEndpoint(value: unknown): Endpoint {
  if (!isObject(value)) throw refused('endpoints', value, 'a list of { protocol, port }');
  const { port } = value;
  if (typeof port !== 'number' || !Number.isInteger(port) || port < 1 || port > 65_535) {
    throw refused('port', port, 'an integer in 1-65535');
  }
  return Object.freeze({ protocol: parseText('protocol', value.protocol), port });
}

function parseStatus(value: unknown): InstanceStatus {
  if (value === undefined) return 'up';
  if (!STATUSES.includes(value)) throw refused('status', value, 'one of up, not-ready, draining');
  return value as InstanceStatus;
}

function parseWeight(value: unknown): number {
  if (value === undefined) return 1;
  if (typeof value !== 'number' || !Number.isFinite(value) || value < 0) throw refused('weight', value, 'a number from 0');
  return value;
}

function parsePath(path: string, value: unknown): string {
  if (typeof value !== 'string' || !value.startsWith('/') || value.length > MAX_PATH || CONTROL.test(value)) {
    throw refused(path, value, 'a path that begins with /');
  }
  return value;
}

function parseTags(value: unknown): readonly string[] {
  if (value === undefined) return NO_TAGS;
  if (!Array.isArray(value) || value.length > MAX_ITEMS) throw refused('tags', value, `a list of at most ${MAX_ITEMS} texts`);
  return Object.freeze(value.map((tag) => parseText('tags', tag)));
}

function parseMetadata(value: unknown): Readonly<Record<string, string>> {
  if (value === undefined) return NO_METADATA;
  if (!isObject(value) || Array.isArray(value)) throw refused('metadata', value, 'an object of texts');
  const keys = Object.keys(value);
  if (keys.length > MAX_ITEMS) throw refused('metadata', `${keys.length} keys`, `at most ${MAX_ITEMS} keys`);
  const copy: Record<string, string> = {};
  let bytes = 0;
  for (const key of keys) {
    const text = value[key];
    if (POLLUTING.has(key)) throw refused('metadata', key, 'another key');
    if (typeof text !== 'string') throw refused(`metadata.${key}`, text, 'text');
    bytes += Buffer.byteLength(key) + Buffer.byteLength(text);
    if (bytes > MAX_METADATA_BYTES) throw refused('metadata', 'more', `at most ${MAX_METADATA_BYTES} bytes`);
    copy[key] = text;
  }
  return Object.freeze(copy);
}

const NO_TAGS: readonly string[] = Object.freeze([]);
const NO_METADATA: Readonly<Record<string, string>> = Object.freeze({});

function optional<T>(value: unknown, parse: (value: unknown) => T): T | undefined {
  return value === undefined || value === null ? undefined : parse(value);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function refused(path: string, value: unknown, expected: string): WeftError {
  const message = `${brief(value)} is not ${expected}`;
  return withoutStack(() => new WeftError('WEFT_INVALID_ARGUMENT', `${path}: ${message}`, { problems: [{ path, message }] }));
}

/** The value for a message: short, on one line, whatever it is. */
function brief(value: unknown): string {
  const text =
    typeof value === 'object' && value !== null ? (Array.isArray(value) ? 'a list' : 'an object') : JSON.stringify(value);
  return text === undefined ? String(value) : text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
