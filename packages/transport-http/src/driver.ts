import type { Driver } from '@weft/core';
import { openHttpTransport } from './http-transport.js';
import { type HttpTransportOptions, httpTransportOptions } from './options.js';

/** The caller's side of HTTP/1.1; the server's is in the service itself. */
export const httpDriver: Driver<'transport', HttpTransportOptions> = {
  contract: 1,
  slot: 'transport',
  name: 'http',
  options: httpTransportOptions,
  async open(options, { clock }) {
    const client = openHttpTransport({ ...options, clock });
    return { value: { client }, stop: () => client.close() };
  },
};
