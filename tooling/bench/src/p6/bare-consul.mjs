import Consul from 'consul';
import { SERVICE } from './records.mjs';

/** consul: a service of the agent, and the library's watch of it. @param {string} address */
export async function openBareConsul(address) {
  const [host = '', port] = address.split(':');
  const consul = new Consul({ host, port: Number(port) });
  const watch = () => consul.watch({ method: consul.health.service, options: { service: SERVICE, wait: '10s' } });
  /** @type {ReturnType<typeof watch> | undefined} */
  let watching;
  return {
    /** @param {import('@weft/core').ServiceInstance} record */
    put: ({ id, name, host: address, endpoints: [{ port }], metadata }) =>
      consul.agent.service.register({ id, name, address, port, meta: { ...metadata } }),
    /** @param {string} name */
    list: (name) => consul.health.service(name),
    /** @param {(change: number) => void} seen */
    follow: (seen) =>
      new Promise((/** @type {(value?: undefined) => void} */ resolve) => {
        watching = watch();
        watching.on('error', () => {});
        watching.on('change', ([entry]) => {
          seen(Number(entry?.Service.Meta.change));
          resolve();
        });
      }),
    close: () => {
      watching?.end();
      consul.destroy();
    },
  };
}
