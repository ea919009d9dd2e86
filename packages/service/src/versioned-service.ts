import { ServiceError, WeftError } from '@weft/core';
import { LATEST } from './choose-version.js';

/** Handlers of anything by version, with `latest` for whoever asks for a version that is not there. */
export class VersionedService<Handler> {
  readonly #versions = new Map<string, Handler>();

  /** @throws WEFT_CONFLICT when the version has a handler already */
  addVersion(version: string, handler: Handler): void {
    if (this.#versions.has(version)) throw new WeftError('WEFT_CONFLICT', `version "${version}" has a handler already`);
    this.#versions.set(version, handler);
  }

  /**
   * The handler of exactly this version, else the one of `latest`.
   * @throws ServiceError 400 when there is neither
   */
  getHandler(version: string): Handler {
    const handler = this.#versions.get(version || LATEST) ?? this.#versions.get(LATEST);
    if (handler === undefined) throw new ServiceError(400, 'no handler found for version');
    return handler;
  }
}
