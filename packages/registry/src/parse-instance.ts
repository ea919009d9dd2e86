import { isIP } from 'node:net';
import { type Endpoint, type InstanceStatus, WeftError, withoutStack } from '@weft/core';
import { isSameEndpoints, isSameInstance, isSameList, isSameMetadata } from './is-same-instance.js';
import type { ServiceInfo } from './service-info.js';
import type { SharedParts } from './shared-parts.js';

const MAX_TEXT = 256;
const MAX_PATH = 2_048;
const MAX_ITEMS = 64;
const MAX_METADATA_BYTES = 8_192;
const CONTROL = /\p{Cc}/u;
const HOST_NAME = /^[\w.-]{1,253}$/;
const STATUSES: readonly unknown[] = ['up', 'not-ready', 'draining'];
const POLLUTING = new Set(['__proto__', 'constructor', 'prototype']);

/** What a record may have in common with others. */
export interface ParseOptions {
  /** A good record that this one probably resembles: what they have in common is taken from it, unchecked. */
  readonly like?: ServiceInfo | undefined;
  /** Gives what is equal in many records one object. */
  readonly shared?: SharedParts | undefined;
}

/**
 * A record of a backend, checked and copied into fresh frozen objects, with the defaults of absent fields filled in. A
 * record that is wrong in one field is refused whole: half a record may send traffic to the wrong place.
 * @param name the service that the record has to belong to, when that is known
 * @returns `like` itself when the record says the same
 * @throws WEFT_INVALID_ARGUMENT with what is wrong, the field first: `port: 70000 is not an integer in 1-65535`
 */
export function parseInstance(record: unknown, name?: string, options: ParseOptions = {}): ServiceInfo {
  if (!isObject(record)) throw refused('record', record, 'an object');
  const { like } = options;
  if (like && (name ?? like.name) === like.name && isSameInstance(record, like)) return like;
  return new ParsedInstance(record, name, options);
}

/** A class, so that all records have one layout: a tenth of a million of them are kept. */
class ParsedInstance implements ServiceInfo {
  readonly id: string;
  readonly name: string;
  readonly version: string;
  readonly host: string;
  readonly address: string;
  readonly port: number;
  readonly protocol: string;
  readonly endpoints: readonly [Endpoint, ...Endpoint[]];
  readonly status: InstanceStatus;
  declare readonly healthPath?: string;
  readonly incarnation: string;
  readonly weight: number;
  declare readonly zone?: string;
  readonly tags: readonly string[];
  readonly metadata: Readonly<Record<string, string>>;

  constructor(record: Record<string, unknown>, name: string | undefined, { like, shared }: ParseOptions) {
    const healthPath =
      same(record.healthPath, like?.healthPath) ?? optional(record.healthPath, (value) => parsePath('healthPath', value));
    const zone = same(record.zone, like?.zone) ?? optional(record.zone, (value) => parseText('zone', value));
    const endpoints =
      like && isSameEndpoints(record.endpoints, like.endpoints) ? like.endpoints : parseEndpoints(record.endpoints, shared);
    this.host = this.address = same(record.host, like?.host) ?? parseHost(record.host);
    this.port = endpoints[0].port;
    this.protocol = endpoints[0].protocol;
    this.endpoints = endpoints;
    this.id = same(record.id, like?.id) ?? parseText('id', record.id);
    this.name = name === undefined ? share(parseText('name', record.name), shared) : parseName(record.name, name);
    this.version =
      same(record.version, like?.version) ??
      share(optional(record.version, (value) => parseText('version', value)) ?? '0.0.0', shared);
    this.status = parseStatus(record.status);
    if (healthPath !== undefined) this.healthPath = share(healthPath, shared);
    this.incarnation =
      same(record.incarnation, like?.incarnation) ??
      optional(record.incarnation, (value) => parseText('incarnation', value)) ??
      '0';
    this.weight = parseWeight(record.weight);
    if (zone !== undefined) this.zone = share(zone, shared);
    this.tags = like && isSameList(record.tags, like.tags) ? like.tags : parseTags(record.tags, shared);
    this.metadata =
      like && isSameMetadata(record.metadata, like.metadata) ? like.metadata : parseMetadata(record.metadata, shared);
    Object.freeze(this);
  }
}

/** `known` when the value is that text: then it is good, and one text is kept instead of two. */
function same(value: unknown, known: string | undefined): string | undefined {
  return value === known ? known : undefined;
}

function share(text: string, shared: SharedParts | undefined): string {
  return shared ? shared.get(text, () => text) : text;
}

function parseName(value: unknown, expected: string): string {
  const name = parseText('name', value);
  if (name !== expected) throw refused('name', name, `"${expected}"`);
  return expected;
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

function parseEndpoints(value: unknown, shared: SharedParts | undefined): readonly [Endpoint, ...Endpoint[]] {
  if (!Array.isArray(value) || value.length > MAX_ITEMS) throw refused('endpoints', value, 'a list of { protocol, port }');
  const [first, ...others] = value.map(parseEndpoint);
  if (!first) throw refused('endpoints', value, 'at least one { protocol, port }');
  const endpoints = [first, ...others] as const;
  const freeze = () => Object.freeze(endpoints);
  return shared ? shared.get(endpoints.map(({ protocol, port }) => `${protocol}\n${port}`).join('\n'), freeze) : freeze();
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

function parseTags(value: unknown, shared: SharedParts | undefined): readonly string[] {
  if (value === undefined) return NO_TAGS;
  if (!Array.isArray(value) || value.length > MAX_ITEMS) throw refused('tags', value, `a list of at most ${MAX_ITEMS} texts`);
  const tags = value.map((tag) => parseText('tags', tag));
  const freeze = () => Object.freeze(tags);
  return shared ? shared.get(`tags\n${tags.join('\n')}`, freeze) : freeze();
}

function parseMetadata(value: unknown, shared: SharedParts | undefined): Readonly<Record<string, string>> {
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
  const freeze = () => Object.freeze(copy);
  return shared ? shared.get(`metadata\n${JSON.stringify(copy)}`, freeze) : freeze();
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
