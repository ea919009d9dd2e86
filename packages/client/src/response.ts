import {
  type AttemptRecord,
  type HeaderMap,
  type Reply,
  type ServiceInstance,
  type StandardSchemaV1,
  schemaProblems,
  WeftError,
} from '@weft/core';

/** How the answer came about. */
export interface ResponseOrigin {
  readonly instance: ServiceInstance;
  /** Every try, in the order in which they ended. */
  readonly attempts: readonly AttemptRecord[];
  readonly retriesSuppressed?: 'budget' | 'server' | undefined;
  /** Whether a fallback made it. */
  readonly degraded?: boolean;
  /** The call that it answers, for `explain`. */
  readonly call?: object | undefined;
}

const EMPTY = new Uint8Array(0);

/** The answer to a call, of whatever status. Decoded when it is read, at most once. */
export class Response<T = unknown> {
  /** HTTP status, 100 to 599. */
  readonly statusCode: number;
  /** Who answered. */
  readonly instance: ServiceInstance;
  /** Every try of the call, in the order in which they ended. */
  readonly attempts: readonly AttemptRecord[];
  /** Why a bad answer was not tried again although tries were left. */
  declare readonly retriesSuppressed?: 'budget' | 'server';
  /** Whether a fallback made this answer, not the service. */
  readonly degraded: boolean;
  readonly #reply: Reply;
  readonly #call: object | undefined;
  #raw: Uint8Array | undefined;
  #data: { readonly value: T } | undefined;

  constructor(reply: Reply, origin: ResponseOrigin) {
    this.statusCode = reply.status;
    this.instance = origin.instance;
    this.attempts = origin.attempts;
    this.degraded = origin.degraded ?? false;
    this.#call = origin.call;
    if (origin.retriesSuppressed) this.retriesSuppressed = origin.retriesSuppressed;
    this.#reply = reply;
  }

  /** The call that a response answers. */
  static callOf(response: Response): object | undefined {
    return response.#call;
  }

  /** Names in lower case. */
  get headers(): HeaderMap {
    return this.#reply.headers;
  }

  /** The body as bytes. @throws WEFT_INVALID_ARGUMENT when the call asked for a stream */
  get raw(): Uint8Array {
    this.#raw ??= wholeBody(this.#reply.body);
    return this.#raw;
  }

  /** Length of the body in bytes, as received and decompressed. */
  get size(): number {
    return this.raw.byteLength;
  }

  /** The body in pieces of bytes, each once; what `{ stream: true }` is for. */
  get body(): AsyncIterable<Uint8Array> {
    const { body } = this.#reply;
    if (typeof body === 'object' && Symbol.asyncIterator in body) return body;
    return once(this.raw);
  }

  /**
   * The body by its content type: JSON parsed, text as a string, else bytes; undefined when it is empty.
   * @throws WEFT_PROTOCOL_ERROR when it says JSON and is none
   */
  get data(): T {
    this.#data ??= { value: this.#decode() as T };
    return this.#data.value;
  }

  /** The body as UTF-8 text. */
  text(): string {
    const { raw } = this;
    return (Buffer.isBuffer(raw) ? raw : Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength)).toString('utf8');
  }

  /** The body parsed as JSON, whatever its content type. @throws WEFT_PROTOCOL_ERROR when it is none */
  json(): T;
  /** As `json()`, checked and typed by a schema. @throws WEFT_PROTOCOL_ERROR naming the fields that do not fit */
  json<Output>(schema: StandardSchemaV1<unknown, Output>): Output;
  json<Output>(schema?: StandardSchemaV1<unknown, Output>): T | Output {
    const value = parseJson(this.text());
    return schema ? validated(value, schema) : (value as T);
  }

  #decode(): unknown {
    if (this.raw.byteLength === 0) return undefined;
    const type = this.#reply.contentType ?? String(this.headers['content-type'] ?? '');
    if (type === 'application/json' || /^application\/(?:[\w.+-]+\+)?json\b/i.test(type)) return parseJson(this.text());
    return type.startsWith('text/') ? this.text() : this.raw;
  }
}

function wholeBody(body: Reply['body']): Uint8Array {
  if (body === undefined) return EMPTY;
  if (typeof body === 'string') return Buffer.from(body, 'utf8');
  if (body instanceof Uint8Array) return body;
  throw new WeftError('WEFT_INVALID_ARGUMENT', 'this call asked for a stream: read reply.body, not its whole');
}

async function* once(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  if (bytes.byteLength > 0) yield bytes;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new WeftError('WEFT_PROTOCOL_ERROR', `the answer is not valid JSON: ${(cause as Error).message}`, { cause });
  }
}

function validated<Output>(value: unknown, schema: StandardSchemaV1<unknown, Output>): Output {
  const result = schema['~standard'].validate(value);
  if (result instanceof Promise)
    throw new WeftError('WEFT_INVALID_ARGUMENT', 'json(schema) takes a schema that validates synchronously');
  if (!result.issues) return result.value;
  const problems = schemaProblems(result.issues);
  const told = problems.map(({ path, message }) => `${path || '(body)'}: ${message}`).join('; ');
  throw new WeftError('WEFT_PROTOCOL_ERROR', `the answer does not fit the schema: ${told}`, { problems });
}
