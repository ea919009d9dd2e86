import type { Logger } from '@weft/core';
import type { ReporterOptions } from './options.js';

/** Where reports are posted. */
export interface Collector {
  /** Without user and password. */
  readonly url: string;
  /** Sent with every report; names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** The URL as it may stand in a log: query left out, for it may hold a key. */
  readonly shownUrl: string;
}

const OTLP_PATH = '/v1/traces';
const OTLP_PORT = '4318';
const DEFAULT_URL = { otlp: 'http://localhost:4318', jaeger: 'http://localhost:4318', zipkin: 'http://localhost:9411' };
const USUAL_PATH = { otlp: OTLP_PATH, jaeger: OTLP_PATH, zipkin: '/api/v2/spans' };

/**
 * The collector that options name. The address at which Jaeger takes its own Thrift, `http://host:14268/api/traces`, is
 * turned into the one on the same host at which it takes OTLP, with one warning: nobody exports Thrift any more.
 */
export function collectorOf(type: keyof typeof DEFAULT_URL, { url, headers = {} }: ReporterOptions, logger: Logger): Collector {
  const target = new URL(url ?? DEFAULT_URL[type]);
  const authorization = authorizationOf(target);
  target.username = '';
  target.password = '';
  target.hash = '';
  if (target.pathname === '/') target.pathname = USUAL_PATH[type];
  if (type === 'jaeger' && isThrift(target)) mapToOtlp(target, logger);
  const given = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]);
  return { url: target.href, headers: { ...authorization, ...Object.fromEntries(given) }, shownUrl: shown(target) };
}

function isThrift({ port, pathname }: URL): boolean {
  return port === '14268' || pathname === '/api/traces';
}

function mapToOtlp(target: URL, logger: Logger): void {
  const from = shown(target);
  target.port = OTLP_PORT;
  target.pathname = OTLP_PATH;
  target.search = '';
  const message = 'That address takes Jaeger’s Thrift, which is not spoken here: spans go to the same host as OTLP';
  const hint = 'Jaeger takes OTLP on this port from 1.35 on; some 1.x need COLLECTOR_OTLP_ENABLED=true';
  logger.warn(message, { from, to: shown(target), hint });
}

function authorizationOf({ username, password }: URL): Readonly<Record<string, string>> {
  if (username === '' && password === '') return {};
  const plain = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { authorization: `Basic ${Buffer.from(plain).toString('base64')}` };
}

function shown({ origin, pathname }: URL): string {
  return `${origin}${pathname}`;
}
