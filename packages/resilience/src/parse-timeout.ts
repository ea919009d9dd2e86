import { type HeaderMap, TIMEOUT_HEADER } from '@weft/core';

const HOUR_MS = 3_600_000;
const DIGITS = /^\d{1,15}$/;
const GRPC = /^(\d{1,8})([HMSmun])$/;
const UNIT_MS: Readonly<Record<string, number>> = { H: HOUR_MS, M: 60_000, S: 1_000, m: 1, u: 1e-3, n: 1e-6 };

/**
 * Ms that the caller of a request still waits, by `x-request-timeout-ms` or else by `grpc-timeout`, clamped to 1 h; 0 is
 * "no time left". Undefined when there is none: a malformed one is as if it were absent.
 *
 * Source of `grpc-timeout`: gRPC over HTTP2, "Requests".
 */
export function parseTimeout(headers: HeaderMap): number | undefined {
  return parseTimeoutHeader(headers[TIMEOUT_HEADER]) ?? parseGrpcTimeout(headers['grpc-timeout']);
}

/** The value of `x-request-timeout-ms`: decimal digits, nothing else. */
export function parseTimeoutHeader(value: string | readonly string[] | undefined): number | undefined {
  return typeof value === 'string' && DIGITS.test(value) ? Math.min(Number(value), HOUR_MS) : undefined;
}

/** The value of `grpc-timeout`: at most 8 digits and a unit, `250m` for 250 ms. */
export function parseGrpcTimeout(value: string | readonly string[] | undefined): number | undefined {
  const match = typeof value === 'string' ? GRPC.exec(value) : null;
  const unitMs = UNIT_MS[match?.[2] ?? ''];
  return match && unitMs !== undefined ? Math.min(Number(match[1]) * unitMs, HOUR_MS) : undefined;
}
