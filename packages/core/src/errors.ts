/** What a code means, for programs: the HTTP status a service answers with when it gives up for this reason, and whether trying again can help. */
export interface ErrorCodeInfo {
  /** HTTP status of a service that passes this failure on. */
  readonly status: number;
  /** Whether the same call may succeed later without a change by the caller. */
  readonly retryable: boolean;
}

/** Every code a `WeftError` can carry. `ERRORS.md` explains each one; a test keeps the two equal. */
export const ERROR_CODES = {
  WEFT_NO_INSTANCE: { status: 503, retryable: true },
  WEFT_UNAVAILABLE: { status: 503, retryable: true },
  WEFT_DEADLINE_EXCEEDED: { status: 504, retryable: true },
  WEFT_BREAKER_OPEN: { status: 503, retryable: true },
  WEFT_OVERLOADED: { status: 503, retryable: true },
  WEFT_RATE_LIMITED: { status: 429, retryable: true },
  WEFT_CANCELLED: { status: 499, retryable: false },
  WEFT_CLOSED: { status: 503, retryable: false },
  WEFT_INVALID_ARGUMENT: { status: 400, retryable: false },
  WEFT_BODY_TOO_LARGE: { status: 413, retryable: false },
  WEFT_RESPONSE_TOO_LARGE: { status: 502, retryable: false },
  WEFT_PROTOCOL_ERROR: { status: 502, retryable: false },
  WEFT_HTTP_STATUS: { status: 502, retryable: false },
  WEFT_REGISTRY_UNAVAILABLE: { status: 503, retryable: true },
  WEFT_CONFLICT: { status: 409, retryable: false },
  WEFT_CONFIG_INVALID: { status: 500, retryable: false },
  WEFT_CONFIG_NOT_FOUND: { status: 500, retryable: false },
  WEFT_PLUGIN_INVALID: { status: 500, retryable: false },
  WEFT_PLUGIN_NOT_INSTALLED: { status: 500, retryable: false },
  WEFT_UNAUTHENTICATED: { status: 401, retryable: false },
  WEFT_PERMISSION_DENIED: { status: 403, retryable: false },
} as const satisfies Record<string, ErrorCodeInfo>;

/** The stable name of a kind of failure. */
export type ErrorCode = keyof typeof ERROR_CODES;

/**
 * How a try failed on the wire: what availability and retry decide by. `stale` is a reset of a connection that had carried
 * others, before the first byte of an answer: as a rule the server was just closing it (RFC 9112, 9.6), which says nothing of
 * the server.
 */
export type TransportFailure = 'refused' | 'connect-timeout' | 'timeout' | 'reset' | 'stale' | 'protocol';

/** One try of a call, as told in `WeftError.attempts`. */
export interface AttemptRecord {
  /** Id of the instance that was tried. */
  readonly instance: string;
  /** `status 503`, a `TransportFailure`, or an error code. */
  readonly outcome: string;
  /** How long the try took, in ms. */
  readonly durationMs: number;
}

/** One thing wrong in a config or an input: where, and what would be right. */
export interface Problem {
  /** Path of the value, such as `registry.ttl`. */
  readonly path: string;
  /** What was found, what was expected, and the nearest valid name. */
  readonly message: string;
}

/** What a `WeftError` says beside its code and message; the members are those of the class. */
export interface WeftErrorOptions
  extends Partial<Pick<WeftError, 'retryable' | 'ambiguous' | 'attempts' | 'failure' | 'problems' | 'retriesSuppressed'>> {
  /** What lies behind it. */
  readonly cause?: unknown;
}

const weftBrand = Symbol.for('weft.error');
const serviceBrand = Symbol.for('weft.service-error');

function hasBrand(value: unknown, brand: symbol): boolean {
  return typeof value === 'object' && value !== null && brand in value;
}

/** The one error of Weft. `instanceof` also recognises errors made by another copy of this package. */
export class WeftError extends Error {
  /** What happened, as a stable name to branch on. */
  readonly code: ErrorCode;
  /** Whether the same call may succeed when it is made again. */
  readonly retryable: boolean;
  /** Whether bytes of the request may have reached a server, so that its effect may have happened. */
  readonly ambiguous: boolean;
  /** Every try that was made, oldest first. */
  readonly attempts: readonly AttemptRecord[];
  /** How the last try failed on the wire, when it did. */
  declare readonly failure?: TransportFailure;
  /** All that is wrong in a refused config or input. */
  declare readonly problems?: readonly Problem[];
  /** Why no further try was made although one was allowed: the retry budget was spent, or the server forbade it. */
  declare readonly retriesSuppressed?: 'budget' | 'server';

  constructor(code: ErrorCode, message: string, options: WeftErrorOptions = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.name = 'WeftError';
    this.code = code;
    this.retryable = options.retryable ?? ERROR_CODES[code].retryable;
    this.ambiguous = options.ambiguous ?? false;
    this.attempts = options.attempts ?? [];
    if (options.failure) this.failure = options.failure;
    if (options.problems) this.problems = options.problems;
    if (options.retriesSuppressed) this.retriesSuppressed = options.retriesSuppressed;
    Object.defineProperty(this, weftBrand, { value: true });
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    return hasBrand(value, weftBrand);
  }

  /** `value` itself when it is a `WeftError`, else one with `code` and `value` as its cause. */
  static from(value: unknown, code: ErrorCode = 'WEFT_UNAVAILABLE'): WeftError {
    if (value instanceof WeftError) return value;
    return new WeftError(code, messageOf(value), { cause: value });
  }
}

/** The HTTP error that a handler throws on purpose; its string form is the message (S174). */
export class ServiceError extends Error {
  /** HTTP status of the answer, 400 to 599. */
  readonly code: number;
  /** More for the caller, put into the answer's body; left out when undefined. */
  declare readonly details?: unknown;

  constructor(code: number, message: string, details?: unknown) {
    super(message);
    this.name = 'ServiceError';
    this.code = code;
    if (details !== undefined) this.details = details;
    Object.defineProperty(this, serviceBrand, { value: true });
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    return hasBrand(value, serviceBrand);
  }

  override toString(): string {
    return this.message;
  }

  /** `{ code, message, details? }`, as the seed has it. */
  toJSON(): object {
    const { code, message, details } = this;
    return details === undefined ? { code, message } : { code, message, details };
  }
}

/** Runs `make` with stack traces off: a refusal that is made 10,000 times a second must not collect a stack each time. */
export function withoutStack<E extends Error>(make: () => E): E {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  try {
    return make();
  } finally {
    Error.stackTraceLimit = limit;
  }
}

/** The message of anything that was thrown, also of what has no text form. Never throws. */
export function messageOf(value: unknown): string {
  try {
    return String(value instanceof Error ? value.message : value);
  } catch {
    return Object.prototype.toString.call(value);
  }
}
