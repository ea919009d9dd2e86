/** Ms that are left for this try; relative, so clock skew cannot matter (as `grpc-timeout`). */
export const TIMEOUT_HEADER = 'x-request-timeout-ms';
/** Number of this try, from the second on. */
export const ATTEMPT_HEADER = 'x-request-attempt';
/** `no` on an answer: the service has retried already, callers do not retry it again. */
export const RETRY_HEADER = 'x-request-retry';
/** The version of a handler that a caller asks for, and that an answer came from. */
export const VERSION_HEADER = 'x-api-version';
/** Names one effect, so that a repeated call has it once. */
export const IDEMPOTENCY_HEADER = 'idempotency-key';
/** W3C Trace Context. */
export const TRACEPARENT_HEADER = 'traceparent';
/** W3C Trace Context. */
export const TRACESTATE_HEADER = 'tracestate';
