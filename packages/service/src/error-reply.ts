import { STATUS_CODES } from 'node:http';
import { ERROR_CODES, type ErrorCodeInfo, type Reply, ServiceError, WeftError } from '@weft/core';
import { json } from './reply.js';

const INTERNAL = { error: 'Internal server error', code: 500 } as const;

/** Body of every error answer. */
export interface ErrorBody {
  /** What went wrong, for people. */
  readonly error: string;
  /** The HTTP status. */
  readonly code: number;
  /** More, when the handler gave more. */
  readonly details?: unknown;
}

/** An error answer. */
export function errorReply(code: number, error: string, details?: unknown): Reply {
  const body: ErrorBody = details === undefined ? { error, code } : { error, code, details };
  return json(body, { status: code });
}

/**
 * The answer to what a handler threw: a `ServiceError` speaks for itself, a `WeftError` gives the status of its code and
 * no more, anything else is told to nobody but the log.
 */
export function replyToError(error: unknown): Reply {
  if (error instanceof ServiceError) return errorReply(errorStatus(error.code), error.message, error.details);
  if (error instanceof WeftError) {
    const status = statusOf(error);
    if (status !== 500) return errorReply(status, STATUS_CODES[status] ?? 'Client closed request');
  }
  return json(INTERNAL, { status: 500 });
}

/** The status of the answer to what a handler threw. */
export function statusOfError(error: unknown): number {
  if (error instanceof ServiceError) return errorStatus(error.code);
  return error instanceof WeftError ? statusOf(error) : 500;
}

/** Whether the error says that something is broken here, rather than that the request was refused. */
export function isPanic(error: unknown): boolean {
  return !(error instanceof ServiceError) && !(error instanceof WeftError && statusOf(error) !== 500);
}

/** Another copy of core may have codes that this one has not. */
function statusOf({ code }: WeftError): number {
  const known: Readonly<Partial<Record<string, ErrorCodeInfo>>> = ERROR_CODES;
  return known[code]?.status ?? 500;
}

function errorStatus(code: number): number {
  return Number.isInteger(code) && code >= 400 && code <= 599 ? code : 500;
}
