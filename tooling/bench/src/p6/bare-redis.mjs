import { Redis } from 'ioredis';
import { SERVICE } from './records.mjs';

/** ioredis: a record in a hash, told on a channel. @param {string} address */
export async function openBareRedis(address) {
  const [writer, reader] = [new Redis(`redis://${address}`), new Redis(`redis://${address}`)];
  return {
    /** @param {import('@weft/core').ServiceInstance} record */
    put: (record) => {
      const text = JSON.stringify(record);
      return writer.pipeline().hset(SERVICE, record.id, text).publish(SERVICE, text).exec();
    },
    /** @param {string} name */
    list: async (name) => (await writer.hvals(name)).map((text) => JSON.parse(text)),
    /** @param {(change: number) => void} seen */
    follow: async (seen) => {
      reader.on('message', (_channel, text) => seen(Number(JSON.parse(text).metadata.change)));
      await reader.subscribe(SERVICE);
    },
    close: () => {
      writer.disconnect();
      reader.disconnect();
    },
  };
}
