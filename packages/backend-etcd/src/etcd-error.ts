import { type ErrorCode, messageOf, type TransportFailure, WeftError } from '@weft/core';

/** Said by the server itself, and not by the way to it. */
const BY_SERVER = /etcdserver: |mvcc: /;
/** Internal error, like an answer that cannot be read, which however was an answer. */
const STREAM_RESET = /RST_STREAM/;
const GRPC_STATUS = /^(?:\w+: )?(\d+) [A-Z_]+: /;
/** What the library would say beside it, and mostly does not. */
const EMPTY_NOTE = /\s*Resolution note:\s*$/;
const BY_STATUS: Readonly<Record<number, ErrorCode>> = {
  3: 'WEFT_INVALID_ARGUMENT',
  7: 'WEFT_PERMISSION_DENIED',
  16: 'WEFT_UNAUTHENTICATED',
};
const DEADLINE_EXCEEDED = 4;
/** Cancelled, unavailable; a call on a connection that was just closed has none. */
const WIRE_STATUSES: readonly unknown[] = [1, 14, undefined];

const REFUSALS: readonly (readonly [RegExp, ErrorCode])[] = [
  [/authentication failed|invalid auth token|user name is empty|auth store is old/, 'WEFT_UNAUTHENTICATED'],
  [/permission denied/, 'WEFT_PERMISSION_DENIED'],
  [/certificate|self.signed|altname|SSL routines|wrong version number|tls(?:v1)?.*alert/i, 'WEFT_UNAUTHENTICATED'],
];

const WIRE: readonly (readonly [RegExp, TransportFailure])[] = [
  [/ETIMEDOUT|EHOSTUNREACH|ENETUNREACH/, 'connect-timeout'],
  [/ECONNREFUSED|ENOTFOUND|EAI_AGAIN|Name resolution|No connection established/, 'refused'],
];

/** What was done, and who was asked. */
export interface EtcdCall {
  /** For the error: `listing "weft/services/users/"`. */
  readonly what: string;
  /** `host:port`. */
  readonly address: string;
}

/** What etcd, its client library or the way between them said, as the error that all drivers use. */
export function etcdError(error: unknown, { what, address }: EtcdCall): WeftError {
  if (error instanceof WeftError) return error;
  const text = messageOf(error).replace(GRPC_STATUS, '').replace(EMPTY_NOTE, '');
  const status = statusOf(error);
  const said = `${what}: etcd at ${address} says: ${text}`;
  const refusal = REFUSALS.find(([pattern]) => pattern.test(text))?.[1] ?? BY_STATUS[status ?? 0];
  if (refusal) return new WeftError(refusal, said, { cause: error, retryable: refusal !== 'WEFT_INVALID_ARGUMENT' });
  const failure = failureOf(text, status);
  if (!failure) return new WeftError('WEFT_REGISTRY_UNAVAILABLE', said, { cause: error });
  const message = `${what}: etcd at ${address} cannot be reached: ${text}`;
  return new WeftError('WEFT_REGISTRY_UNAVAILABLE', message, { cause: error, failure });
}

/** Whether what was asked for lies before what the server still remembers. */
export function isCompacted(error: unknown): boolean {
  return /has been compacted/.test(messageOf(error));
}

/** Whether the server does not know the lease, or knows it no longer. */
export function isLeaseGone(error: unknown): boolean {
  return /requested lease not found/.test(messageOf(error));
}

/** Whether a call was given up before anything of it was sent. */
export function isNeverSent(error: unknown): boolean {
  return /Channel closed before call started/.test(messageOf(error));
}

/** Whether the server wants no credentials at all. */
export function isAuthOff(error: unknown): boolean {
  return /authentication is not enabled/.test(messageOf(error));
}

/** How the connection failed, unless the server answered. */
function failureOf(text: string, status: number | undefined): TransportFailure | undefined {
  if (BY_SERVER.test(text)) return undefined;
  if (status === DEADLINE_EXCEEDED) return 'timeout';
  if (!WIRE_STATUSES.includes(status) && !STREAM_RESET.test(text)) return undefined;
  return WIRE.find(([pattern]) => pattern.test(text))?.[1] ?? 'reset';
}

/** The status of gRPC; the client library keeps it only in the text. */
function statusOf(error: unknown): number | undefined {
  const found = GRPC_STATUS.exec(messageOf(error))?.[1];
  return found === undefined ? undefined : Number(found);
}
