import type { CallOptions } from './call-options.js';

/** What a caller asks for, as middlewares around a call see it. Pass a changed copy on to change it. */
export interface CallRequest {
  readonly service: string;
  readonly method: string;
  /** Path and query below the service. */
  readonly path: string;
  /** Sent as JSON, unless it is text, bytes or a stream of bytes. */
  readonly body: unknown;
  readonly options: CallOptions;
}
