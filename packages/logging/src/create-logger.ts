import { currentContext, hideSecrets, type LogFields, type Logger, messageOf, WeftError } from '@weft/core';
import { type Logger as Pino, pino, stdTimeFunctions } from 'pino';
import { KnownSecrets } from './known-secrets.js';
import { createLineWriter, type LineWriterOptions } from './line-writer.js';
import { type LogLevel, parseLogLevel, severityOf } from './log-level.js';
import { type AddFields, createLoggable } from './loggable.js';
import { createSecretKeys } from './secret-keys.js';

/** What a logger is made with. */
export interface LoggerOptions extends LineWriterOptions {
  /** Name of the service, on each line. */
  readonly service?: string;
  /** Id of the instance, on each line. */
  readonly id?: string;
  /** Version of the service, on each line. */
  readonly version?: string;
  /** The least level that is written; `info` unless set. */
  readonly level?: LogLevel;
  /**
   * Further keys whose values are written as `[redacted]`, in any case of letters and at any depth; a path such as `user.email`
   * is hidden wherever its keys follow each other, `*` in it is any one key.
   */
  readonly redact?: readonly string[];
  /** Values that are hidden wherever they stand, from 4 characters on: passwords that are known. */
  readonly secrets?: readonly string[];
}

/** A logger whose level and known secrets can be changed while it is in use. */
export interface LeveledLogger extends Logger {
  /**
   * The least level that is written; also decides for every child.
   * @throws WEFT_INVALID_ARGUMENT when it is set to what is no level
   */
  level: LogLevel;
  /**
   * Same as setting `level`, for whoever has a text: a value of the config center.
   * @throws WEFT_INVALID_ARGUMENT when it is no level
   */
  setLevel(level: string): void;
  /** Hides a value from now on wherever it stands, also in the lines of parents and children; from 4 characters on. */
  hide(secret: string): void;
  /** A logger that adds `fields` to each of its lines; it shares level and secrets. */
  child(fields: LogFields): LeveledLogger;
}

/**
 * A logger that writes one record per line: level, time, the service's facts, `trace_id` and `span_id` of the request that is
 * being handled, the fields, `msg`. Logging never throws, and writes neither the value of a secret key nor what looks like a
 * secret in a text.
 * @throws WEFT_INVALID_ARGUMENT when the level is none, or `redact` or `secrets` no list of texts
 */
export function createLogger(options: LoggerOptions = {}): LeveledLogger {
  const { level = 'info', service, id, version } = options;
  const redact = parseTexts(options.redact, 'redact');
  const secrets = parseTexts(options.secrets, 'secrets');
  const known = new KnownSecrets();
  for (const secret of secrets) known.add(secret);
  const hide = (text: string) => hideSecrets(known.hide(text));
  const sink: Sink = {
    level: parseLogLevel(level),
    least: severityOf(level),
    pino: createPino(options),
    addFields: createLoggable({ isSecretKey: createSecretKeys(redact), hide }),
    hide,
    known,
  };
  return new LineLogger(sink, sink.addFields({ service, id, version }, {}));
}

/** Told apart from what the types say: a text would hide its letters, or nothing. */
function parseTexts(value: readonly string[] = [], path: string): readonly string[] {
  if (Array.isArray(value) && value.every((text) => typeof text === 'string')) return value;
  const message = 'expected a list of texts';
  throw new WeftError('WEFT_INVALID_ARGUMENT', `${path}: ${message}`, { problems: [{ path, message }] });
}

/** Fields go in as one member: pino would take some (`method` with `headers` and `socket`) for a request of node's. */
function createPino(options: LineWriterOptions): Pino {
  const formatters = {
    level: (label: string) => ({ level: label }),
    log: ({ fields }: Record<string, unknown>) => Object(fields),
  };
  return pino({ level: 'debug', base: null, timestamp: stdTimeFunctions.isoTime, formatters }, createLineWriter(options));
}

/** What a logger shares with all its children. */
interface Sink {
  level: LogLevel;
  /** Severity of `level`. */
  least: number;
  readonly pino: Pino;
  readonly addFields: AddFields;
  readonly hide: (text: string) => string;
  readonly known: KnownSecrets;
}

const [DEBUG, INFO, WARN, ERROR] = [severityOf('debug'), severityOf('info'), severityOf('warn'), severityOf('error')];

class LineLogger implements LeveledLogger {
  readonly #sink: Sink;
  readonly #fields: LogFields;

  constructor(sink: Sink, fields: LogFields) {
    this.#sink = sink;
    this.#fields = fields;
  }

  get level(): LogLevel {
    return this.#sink.level;
  }

  set level(level: LogLevel) {
    this.setLevel(level);
  }

  setLevel(level: string): void {
    this.#sink.level = parseLogLevel(level);
    this.#sink.least = severityOf(this.#sink.level);
  }

  hide(secret: string): void {
    this.#sink.known.add(secret);
  }

  debug(message: string, fields?: LogFields): void {
    if (this.#sink.least <= DEBUG) this.#write('debug', message, fields);
  }

  info(message: string, fields?: LogFields): void {
    if (this.#sink.least <= INFO) this.#write('info', message, fields);
  }

  warn(message: string, fields?: LogFields): void {
    if (this.#sink.least <= WARN) this.#write('warn', message, fields);
  }

  error(message: string, fields?: LogFields): void {
    if (this.#sink.least <= ERROR) this.#write('error', message, fields);
  }

  child(fields: LogFields): LeveledLogger {
    return new LineLogger(this.#sink, this.#sink.addFields(fields, { ...this.#fields }));
  }

  #write(level: Exclude<LogLevel, 'silent'>, message: string, fields: LogFields | undefined): void {
    const { pino, addFields, hide } = this.#sink;
    const line: Record<string, unknown> = { ...this.#fields };
    const trace = currentContext()?.trace;
    if (trace) {
      line.trace_id = trace.traceId;
      line.span_id = trace.spanId;
    }
    pino[level]({ fields: fields ? addFields(fields, line) : line }, hide(messageOf(message)));
  }
}
