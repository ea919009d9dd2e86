import { type Duration, invalidOptions, parseDuration, parsePositiveDuration, problemsIn, schemaProblems } from '@weft/core';
import { z } from 'zod';

/** What can be set on the caller's side of HTTP. Durations are ms or text such as '30s'. */
export interface HttpTransportOptions {
  readonly pool?:
    | {
        /** Sockets per instance; 50 unless set. */
        readonly connections?: number | undefined;
        /** How long a call waits for a free socket before WEFT_OVERLOADED; 5 s unless set. */
        readonly checkoutTimeout?: Duration | undefined;
        /** How long an idle socket is kept when the server gives no hint; with one, the hint minus 2 s; 4 s unless set. */
        readonly idleTimeout?: Duration | undefined;
        /** Age at which a socket is no longer reused, give or take 10 %; 10 min unless set. */
        readonly maxAge?: Duration | undefined;
      }
    | undefined;
  /** How long connecting, with TLS, may take; 2 s unless set: time for one lost packet to be sent again. */
  readonly connectTimeout?: Duration | undefined;
  /** Backstop, about 1 s exact, for a server that never answers; 5 min unless set. The deadline of a call is the client's. */
  readonly headersTimeout?: Duration | undefined;
  /** Longest pause within a body, about 1 s exact; 30 s unless set. */
  readonly bodyTimeout?: Duration | undefined;
  readonly limits?:
    | {
        /** Largest answer read as a whole, in bytes after decompression; 10 MiB unless set. Streamed answers are not limited. */
        readonly responseBytes?: number | undefined;
        /** Largest head of an answer, in bytes; 16 KiB unless set. */
        readonly headerBytes?: number | undefined;
      }
    | undefined;
  /** For endpoints that speak https; PEM texts. */
  readonly tls?:
    | {
        /** Authorities to trust instead of the system's. */
        readonly ca?: string | Uint8Array | undefined;
        /** Certificate to show to servers that ask for one. */
        readonly cert?: string | Uint8Array | undefined;
        /** Private key of `cert`. */
        readonly key?: string | Uint8Array | undefined;
        /** Name to expect in the server's certificate instead of its host. */
        readonly servername?: string | undefined;
        /** False accepts any certificate: for tests only. */
        readonly rejectUnauthorized?: boolean | undefined;
      }
    | undefined;
}

declare global {
  interface WeftDrivers {
    'transport/http': HttpTransportOptions;
  }
}

const duration = durationOf(parseDuration);
/** 0 would be no limit to undici, or an error of each call. */
const span = durationOf(parsePositiveDuration);
const pem = z.union([z.string(), z.instanceof(Uint8Array)]);

/** Checks the options of a config file. */
export const httpTransportOptions = z.strictObject({
  pool: z
    .strictObject({
      connections: z.int().positive().optional().describe('Sockets per instance'),
      checkoutTimeout: duration.optional().describe('How long a call waits for a free socket'),
      idleTimeout: span.optional().describe('How long an idle socket is kept'),
      maxAge: span.optional().describe('Age at which a socket is no longer reused'),
    })
    .optional(),
  connectTimeout: span.optional().describe('How long connecting, with TLS, may take'),
  headersTimeout: span.optional().describe('Backstop for a server that never answers'),
  bodyTimeout: span.optional().describe('Longest pause within a body'),
  limits: z.strictObject({ responseBytes: z.int().positive().optional(), headerBytes: z.int().positive().optional() }).optional(),
  tls: z
    .strictObject({
      ca: pem.optional(),
      cert: pem.optional(),
      key: pem.optional(),
      servername: z.string().optional(),
      rejectUnauthorized: z.boolean().optional(),
    })
    .optional(),
});

/**
 * Refuses what cannot be. Who opens a transport without a host has no schema before it.
 * @throws WEFT_CONFIG_INVALID telling all that is wrong, with paths such as `pool.idleTimeout`
 */
export function assertHttpOptions(options: HttpTransportOptions): void {
  const { error } = httpTransportOptions.safeParse(options);
  if (!error) return;
  throw invalidOptions(schemaProblems(error.issues));
}

function durationOf(parse: (value: unknown) => number) {
  const schema = z.custom<Duration>().superRefine((value, context) => {
    if (value === undefined) return;
    for (const { message } of problemsIn('duration', () => parse(value))) context.addIssue({ code: 'custom', message });
  });
  return schema.meta({ type: ['number', 'string'] });
}
