import { currentContext, type LogFields, type Logger } from '@weft/core';
import { type DestinationStream, type Logger as Pino, pino, stdTimeFunctions } from 'pino';
import { isWritten, type LogLevel, parseLogLevel } from './log-level.js';
import { createLoggable, DEFAULT_REDACTED } from './loggable.js';

/** What a logger is made with. */
export interface LoggerOptions {
  /** Name of the service, on each line. */
  readonly service?: string;
  /** Id of the instance, on each line. */
  readonly id?: string;
  /** Version of the service, on each line. */
  readonly version?: string;
  /** The least level that is written; `info` unless set. */
  readonly level?: LogLevel;
  /** Names of further keys whose values are written as `[redacted]`, at any depth and in any case of letters. */
  readonly redact?: readonly string[];
  /** Where lines go, each with its line break; standard output unless set. */
  readonly destination?: { write(line: string): unknown };
}

/** A logger whose level can be changed while it is in use. */
export interface LeveledLogger extends Logger {
  /**
   * The least level that is written; also decides for every child.
   * @throws WEFT_INVALID_ARGUMENT when it is set to what is no level
   */
  level: LogLevel;
  /** A logger that adds `fields` to each of its lines; it shares the level. */
  child(fields: LogFields): LeveledLogger;
}

/**
 * A logger that writes one JSON record per line: level, time, the service's facts, `trace_id` and `span_id` of the request
 * that is being handled, the fields, `msg`. Logging never throws and never writes the value of a secret key.
 * @throws WEFT_INVALID_ARGUMENT when the level is none
 */
export function createLogger({ level = 'info', redact = [], destination, ...facts }: LoggerOptions = {}): LeveledLogger {
  const options = {
    level: 'debug',
    base: null,
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  const sink: Sink = {
    level: parseLogLevel(level),
    pino: destination ? pino(options, guarded(destination)) : pino(options),
    loggable: createLoggable([...DEFAULT_REDACTED, ...redact]),
  };
  const { service, id, version } = facts;
  return new JsonLogger(sink, sink.loggable({ service, id, version }));
}

/** What a logger shares with all its children. */
interface Sink {
  level: LogLevel;
  readonly pino: Pino;
  readonly loggable: (fields: LogFields) => LogFields;
}

class JsonLogger implements LeveledLogger {
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
    this.#sink.level = parseLogLevel(level);
  }

  debug(message: string, fields?: LogFields): void {
    this.#write('debug', message, fields);
  }

  info(message: string, fields?: LogFields): void {
    this.#write('info', message, fields);
  }

  warn(message: string, fields?: LogFields): void {
    this.#write('warn', message, fields);
  }

  error(message: string, fields?: LogFields): void {
    this.#write('error', message, fields);
  }

  child(fields: LogFields): LeveledLogger {
    return new JsonLogger(this.#sink, { ...this.#fields, ...this.#sink.loggable(fields) });
  }

  #write(level: Exclude<LogLevel, 'silent'>, message: string, fields: LogFields | undefined): void {
    if (!isWritten(level, this.#sink.level)) return;
    const trace = currentContext()?.trace;
    const ids = trace && { trace_id: trace.traceId, span_id: trace.spanId };
    const own = fields && this.#sink.loggable(fields);
    this.#sink.pino[level]({ ...this.#fields, ...ids, ...own }, message);
  }
}

/** A destination that fails must not fail the work that is logged. */
function guarded(destination: { write(line: string): unknown }): DestinationStream {
  return {
    write(line) {
      try {
        destination.write(line);
      } catch {
        // There is no place left to say it.
      }
    },
  };
}
