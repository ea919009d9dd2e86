/** Ms that are left for this try; relative, so clock skew cannot matter (as `grpc-timeout`). */
export const TIMEOUT_HEADER = 'x-request-timeout-ms';
/** Number of this try, from the second on. */
export const ATTEMPT_HEADER = 'x-request-attempt';
/**
 * On an answer: `no` = the service has retried already, callers do not retry it again; `yes` = nothing was done for the request,
 * so that it may be made again elsewhere, whatever its method.
 */
export const RETRY_HEADER = 'x-request-retry';
/** The version of a handler that a caller asks for, and that an answer came from. */
export const VERSION_HEADER = 'x-api-version';
/** Names one effect, so that a repeated call has it once. */
export const IDEMPOTENCY_HEADER = 'idempotency-key';
/** W3C Trace Context. */
export const TRACEPARENT_HEADER = 'traceparent';
/** W3C Trace Context. */
export const TRACESTATE_HEADER = 'tracestate';
/** `critical`, `normal` or `low`: what a service sheds last and first. */
export const PRIORITY_HEADER = 'x-request-priority';
/** `1` on a copy of a call that was sent to a shadow version: nobody waits for its answer. */
export const MIRROR_HEADER = 'x-request-mirror';
/** Key of an instance's metadata: `shared` or `local` when it remembers the answers to calls with an idempotency key. */
export const IDEMPOTENCY_METADATA = 'weft-idempotency';
