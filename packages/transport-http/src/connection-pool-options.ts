import { type Clock, type Duration, type Problem, parseDuration, type Random, refuseAll } from '@weft/core';
import { destinationOf } from './http-connection.js';
import { assertHttpOptions, type HttpTransportOptions } from './options.js';
import { type HttpSettings, parseSettings } from './settings.js';

/** What a pool lends. */
export interface PoolConnection {
  /** Whether it can be used now; one that cannot is closed and replaced. */
  isValid(): boolean;
  /** Closes it at once. */
  close(): unknown;
}

/** What a pool is made with. Those of the transport apply to connections that the pool makes itself. */
export interface ConnectionPoolOptions<Connection extends PoolConnection> extends Omit<HttpTransportOptions, 'pool'> {
  /** Connections at a time, lent and idle; 50 unless set. */
  readonly maxConnections?: number | undefined;
  /** Connections that are kept when nobody needs them; `maxConnections` unless set, 0 keeps none. */
  readonly maxIdle?: number | undefined;
  /** How long one is kept that nobody needs; 4 s unless set. */
  readonly idleTimeout?: Duration | undefined;
  /** How long `getConnection()` waits for one to come back; 5 s unless set. */
  readonly checkoutTimeout?: Duration | undefined;
  /** `http://host:port` that the connections speak to; without it each request says a whole URL. */
  readonly url?: string | undefined;
  /** Makes a connection, instead of one for HTTP. It bounds its own time; what it throws is thrown by `getConnection()`. */
  readonly create?: (() => Connection | Promise<Connection>) | undefined;
  /** Time; the process's clock unless set. */
  readonly clock?: Clock | undefined;
  /** Spreads the age at which connections are replaced; the process's unless set. */
  readonly random?: Random | undefined;
}

/** The options with every default filled in. */
export interface ConnectionPoolSettings {
  readonly maxIdle: number;
  /** The origin, when there is one for all. */
  readonly origin: string | undefined;
  /** Of the connections, the clock, and `connections`, `checkoutMs` and `idleMs` of the pool. */
  readonly http: HttpSettings;
}

/** @throws WEFT_CONFIG_INVALID with every number, and the url, that cannot be; or with what is wrong for the transport */
export function parsePoolOptions(options: ConnectionPoolOptions<PoolConnection>): ConnectionPoolSettings {
  const {
    maxConnections = 50,
    maxIdle = maxConnections,
    idleTimeout = 4_000,
    checkoutTimeout,
    url,
    clock,
    random,
    create: _,
    ...rest
  } = options;
  assertHttpOptions(rest);
  const problems: Problem[] = [];
  if (!(Number.isInteger(maxConnections) && maxConnections > 0)) {
    problems.push({ path: 'maxConnections', message: `${maxConnections}: expected a whole number from 1` });
  } else if (!(Number.isInteger(maxIdle) && maxIdle >= 0 && maxIdle <= maxConnections)) {
    problems.push({
      path: 'maxIdle',
      message: `${maxIdle}: expected a whole number from 0 to maxConnections, ${maxConnections}`,
    });
  }
  if (parseDuration(idleTimeout, 'idleTimeout') === 0) {
    problems.push({ path: 'idleTimeout', message: '0: expected a time above 0; to keep no idle connection, set maxIdle to 0' });
  }
  const origin = url === undefined ? undefined : originOf(url, problems);
  refuseAll(problems);
  const pool = { connections: maxConnections, idleTimeout, checkoutTimeout };
  return { maxIdle, origin, http: parseSettings({ ...rest, pool, ...(clock && { clock }), ...(random && { random }) }) };
}

function originOf(url: string, problems: Problem[]): string | undefined {
  try {
    const { origin, path } = destinationOf(url);
    if (path === '/') return origin;
    problems.push({
      path: 'url',
      message: `has the path ${JSON.stringify(path)}: expected host and port alone, such as ${origin}`,
    });
  } catch {
    problems.push({ path: 'url', message: 'expected a URL such as "http://host:8080", without credentials' });
  }
  return undefined;
}
