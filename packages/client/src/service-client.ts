import type { WeftError } from '@weft/core';
import type { CallOptions } from './call-options.js';
import type { Response } from './response.js';

/** A call that can be ended. Looked at or not, its failure never ends the process. */
export interface PendingCall<T = unknown> extends Promise<Response<T>> {
  /** Ends the call on the wire; the promise rejects with WEFT_CANCELLED. */
  cancel(): void;
}

/** Makes one call to a service. */
export type PerformCall = (method: string, path: string, body: unknown, options: CallOptions) => Promise<Response>;

/** The ways to call one service. */
export class ServiceClient {
  readonly #perform: PerformCall;
  readonly #onUnseen: (error: WeftError) => void;

  constructor(perform: PerformCall, onUnseen: (error: WeftError) => void) {
    this.#perform = perform;
    this.#onUnseen = onUnseen;
  }

  /**
   * Calls the service and resolves to its answer, of whatever status.
   * @param path path and query below the service
   * @param body sent as JSON, unless it is text, bytes or a stream of bytes; null for none
   * @throws WEFT_INVALID_ARGUMENT and nothing is sent
   * @throws WEFT_NO_INSTANCE WEFT_UNAVAILABLE WEFT_DEADLINE_EXCEEDED WEFT_BREAKER_OPEN WEFT_OVERLOADED WEFT_CANCELLED
   * @throws WEFT_PROTOCOL_ERROR WEFT_RESPONSE_TOO_LARGE WEFT_CLOSED, and WEFT_HTTP_STATUS with `throwOnStatus`
   */
  call<T = unknown>(method: string, path: string, body?: unknown, options?: CallOptions | null): Promise<Response<T>> {
    return this.#perform(method, path, body, options ?? {}) as Promise<Response<T>>;
  }

  /** As `call`, and can be cancelled. */
  callAsync<T = unknown>(method: string, path: string, body?: unknown, options?: CallOptions | null): PendingCall<T> {
    const controller = new AbortController();
    const signals = options?.signal ? AbortSignal.any([options.signal, controller.signal]) : controller.signal;
    const pending = this.call<T>(method, path, body, { ...options, signal: signals });
    pending.catch((error: WeftError) => this.#onUnseen(error));
    return Object.assign(pending, { cancel: () => controller.abort() });
  }

  /** @throws as `call` */
  get<T = unknown>(path: string, options?: CallOptions): Promise<Response<T>> {
    return this.call<T>('GET', path, null, options);
  }

  /** @throws as `call` */
  post<T = unknown>(path: string, body?: unknown, options?: CallOptions): Promise<Response<T>> {
    return this.call<T>('POST', path, body, options);
  }

  /** @throws as `call` */
  put<T = unknown>(path: string, body?: unknown, options?: CallOptions): Promise<Response<T>> {
    return this.call<T>('PUT', path, body, options);
  }

  /** @throws as `call` */
  patch<T = unknown>(path: string, body?: unknown, options?: CallOptions): Promise<Response<T>> {
    return this.call<T>('PATCH', path, body, options);
  }

  /** @throws as `call` */
  delete<T = unknown>(path: string, options?: CallOptions): Promise<Response<T>> {
    return this.call<T>('DELETE', path, null, options);
  }
}
