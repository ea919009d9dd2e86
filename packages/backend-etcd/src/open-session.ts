import { type Clock, invalidOption, messageOf, readTlsFiles, WeftError } from '@weft/core';
import { createEtcdClient, type EtcdClient, type EtcdClientOptions, type EtcdLibrary } from './etcd-client.js';
import { isAuthOff } from './etcd-error.js';
import type { EtcdEndpoint, EtcdTarget } from './etcd-options.js';
import { EtcdSession } from './etcd-session.js';
import { unlessAborted } from './unless-aborted.js';

/** Two exchanges, HTTP/2 settings and the first question: a server that takes 3 s for everything is slow, and not silent. */
const CONNECT_MS = 7_000;

/** What the client library says when the server ends a connection without having said anything: without TLS, and with it. */
const BEFORE_ANSWER = /Failed to connect \(|ECONNRESET/;
const BEFORE_TLS = /disconnected before secure TLS connection|ECONNRESET/;

/** What a session is opened with. */
export interface OpenSessionOptions {
  /** The server. */
  readonly endpoint: EtcdEndpoint;
  /** Who we are, and by when we want an answer. */
  readonly target: EtcdTarget;
  /** Where the options stand, for errors. */
  readonly path: string;
  /** What paths of files are relative to. */
  readonly folder: string;
  /** For the probe. */
  readonly clock: Clock;
  /** Ends it early. */
  readonly closed: AbortSignal;
}

/**
 * Connects to a server and waits for its first answer, 7 s at most. One that wants no credentials gets none.
 * @throws WEFT_CONFIG_INVALID when a file of `tls` cannot be used, else what the server says
 */
export async function openSession(library: EtcdLibrary, options: OpenSessionOptions): Promise<EtcdSession> {
  const { credentials } = options.target;
  try {
    return await greet(library, options, credentials);
  } catch (error) {
    if (!credentials || !isAuthOff(error)) throw error;
    return greet(library, options, undefined);
  }
}

async function greet(
  library: EtcdLibrary,
  { endpoint, target, path, folder, clock, closed }: OpenSessionOptions,
  credentials: EtcdTarget['credentials'],
): Promise<EtcdSession> {
  const { timeoutMs } = target;
  const tls = endpoint.isSecure ? await readTlsFiles(target.tls, { folder, path: `${path}.tls` }) : undefined;
  const client = clientOf(library, { endpoint, credentials, tls, timeoutMs }, `${path}.tls`);
  const session = new EtcdSession({ client, address: endpoint.address, clock });
  try {
    await unlessAborted(session.greet(Math.min(CONNECT_MS, timeoutMs)), closed);
    return session;
  } catch (error) {
    session.end(WeftError.from(error));
    throw explained(error, endpoint);
  }
}

/** When one side speaks TLS and the other does not, all that shows is that the server ends the connection. */
function explained(error: unknown, { isSecure }: EtcdEndpoint): unknown {
  if (!(error instanceof WeftError) || error.failure === undefined) return error;
  const ending = isSecure ? BEFORE_TLS : BEFORE_ANSWER;
  if (!ending.test(error.message)) return error;
  const { code, message, failure, cause } = error;
  return new WeftError(code, `${message} (does the server ${isSecure ? 'speak' : 'want'} TLS?)`, { cause, failure });
}

function clientOf(library: EtcdLibrary, options: EtcdClientOptions, path: string): EtcdClient {
  try {
    return createEtcdClient(library, options);
  } catch (error) {
    throw invalidOption(path, `cannot be used: ${messageOf(error)}`);
  }
}
