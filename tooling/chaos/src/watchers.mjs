// Many callers in one process, each with a registry and a connection of its own, that follow the same service.
import { createRegistry } from '@weft/host';

const block = JSON.parse(process.env.BLOCK ?? '{}');
const addresses = JSON.parse(process.env.ADDRESSES ?? '[]');
const seen = new Map();
const told = new Set();

const tellWhenAll = (id, line) => {
  if (seen.get(id)?.size !== addresses.length || told.has(line)) return;
  told.add(line);
  console.log(line);
};

await Promise.all(
  addresses.map(async (address) => {
    const registry = await createRegistry({ ...block, address });
    void (async () => {
      for await (const { instances } of registry.watch('things')) {
        for (const { id } of instances) seen.set(id, (seen.get(id) ?? new Set()).add(address));
        tellWhenAll('a', 'all follow');
        tellWhenAll('b', 'all have seen b');
      }
    })();
  }),
);
