import { VERSION_HEADER } from '@weft/core';
import { LATEST } from './choose-version.js';
import type { ServiceMiddleware } from './service-handler.js';

/** Puts what X-API-Version says, or `latest` when it is absent or empty, into `request.version`: for `VersionedService`. */
export const versionMiddleware: ServiceMiddleware = (next) => (request) => {
  request.version = String(request.headers[VERSION_HEADER] ?? '') || LATEST;
  return next(request);
};
