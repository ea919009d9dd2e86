import { nearestName } from '@weft/core';
import type { ServiceInfo } from '@weft/registry';
import { type Command, SOURCE_OPTIONS } from './command.js';
import { EXIT } from './exit-code.js';
import { withRegistry } from './with-registry.js';

/** `weft instances`: every instance of one service. */
export const instances: Command = {
  name: 'instances',
  summary: 'List the instances of a service, of every status.',
  args: ['service'],
  options: SOURCE_OPTIONS,
  examples: ['instances orders', 'instances orders --json'],
  run(input) {
    const { args, out } = input;
    const [name = ''] = args;
    return withRegistry(input, async (registry) => {
      const all = await registry.listServices();
      const found = all.filter((info) => info.name === name);
      if (found.length === 0) return out.absent(unknownService(name, all));
      if (out.isJson) out.document(found);
      else out.table(['ID', 'VERSION', 'ADDRESS', 'STATUS', 'WEIGHT', 'ZONE', 'TAGS'], found.map(rowOf));
      return EXIT.ok;
    });
  },
};

function unknownService(name: string, all: readonly ServiceInfo[]): string {
  const nearest = nearestName(
    name,
    all.map((info) => info.name),
  );
  return `no instance of "${name}" is registered.${nearest ? ` Did you mean "${nearest}"?` : ''}`;
}

function rowOf({ id, version, protocol, host, port, status, weight, zone, tags }: ServiceInfo): string[] {
  return [id, version, `${protocol}://${host}:${port}`, status, String(weight), zone ?? '-', tags.join(', ') || '-'];
}
