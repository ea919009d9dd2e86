import { Client } from '@weft/client';

/** A transport that nothing is sent over. @type {import('@weft/core').ClientTransport} */
const transport = {
  protocols: ['http'],
  supports: { streaming: false },
  send: () => Promise.reject(new Error('nothing is called here')),
  close: async () => {},
};

/** A client that follows each service whose balancer it is asked for. @param {import('@weft/registry').Registry} registry */
export function openClient(registry) {
  return new Client({ registry, transport });
}
