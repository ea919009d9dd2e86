import { Etcd3 } from 'etcd3';
import { SERVICE } from './records.mjs';

/** etcd3: a key per record, and a watcher of the prefix. @param {string} address */
export async function openBareEtcd(address) {
  const [writer, reader] = [new Etcd3({ hosts: `http://${address}` }), new Etcd3({ hosts: `http://${address}` })];
  return {
    /** @param {import('@weft/core').ServiceInstance} record */
    put: (record) => writer.put(`${SERVICE}/${record.id}`).value(JSON.stringify(record)).exec(),
    /** @param {string} name */
    list: async (name) => Object.values(await reader.getAll().prefix(`${name}/`).strings()).map((text) => JSON.parse(text)),
    /** @param {(change: number) => void} seen */
    follow: async (seen) => {
      const watcher = await reader.watch().prefix(`${SERVICE}/`).create();
      watcher.on('put', ({ value }) => seen(Number(JSON.parse(value.toString()).metadata.change)));
    },
    close: () => {
      writer.close();
      reader.close();
    },
  };
}
