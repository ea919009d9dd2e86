import type { Driver } from '@weft/core';
import { openHttpTransport } from './http-transport.js';
import { measurePools } from './measure-pools.js';
import { type HttpTransportOptions, httpTransportOptions } from './options.js';

/** The caller's side of HTTP/1.1; the server's is in the service itself. */
export const httpDriver: Driver<'transport', HttpTransportOptions> = {
  contract: 1,
  slot: 'transport',
  name: 'http',
  needs: ['metrics'],
  options: httpTransportOptions,
  async open(options, host) {
    const { clock } = host;
    const client = openHttpTransport({ ...options, clock });
    const endMeasuring = measurePools(client, host.get('metrics'), clock);
    const stop = async () => {
      await client.close();
      endMeasuring();
    };
    return { value: { client }, stop };
  },
};
