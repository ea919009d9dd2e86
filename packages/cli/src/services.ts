import type { Registry, ServiceInfo } from '@weft/registry';
import { type Command, type CommandInput, SOURCE_OPTIONS } from './command.js';
import { EXIT } from './exit-code.js';
import { printable } from './output.js';
import { parseLimit } from './parse-limit.js';
import { watchServices } from './watch-services.js';
import { withRegistry } from './with-registry.js';

/** `weft services`: every service that is registered. */
export const services: Command = {
  name: 'services',
  summary: 'List the services that are registered, and with --watch what changes.',
  args: [],
  options: ['watch', 'interval', ...SOURCE_OPTIONS],
  examples: ['services', 'services --watch --json', 'services --registry file --path ./.weft'],
  async run(input) {
    const intervalMs = parseLimit(input.options.interval ?? '1s', 'interval');
    return withRegistry(input, (registry) => (input.options.watch ? watch(registry, intervalMs, input) : list(registry, input)));
  },
};

async function list(registry: Registry, { out }: CommandInput): Promise<number> {
  const summaries = summarise(await registry.listServices());
  if (out.isJson) out.document(summaries);
  else if (summaries.length === 0) out.note('No service is registered.');
  else tellSummaries(summaries, out);
  return EXIT.ok;
}

async function watch(registry: Registry, intervalMs: number, { io, out }: CommandInput): Promise<number> {
  const onTrouble = (error: Error) => out.note(`The registry does not answer; the last list stands. ${error.message}`);
  for await (const event of watchServices(registry, { ...io, intervalMs, onTrouble })) {
    if (out.isJson) out.event(event);
    else if ('instance' in event) out.line(lineOf(event.type, event.instance));
    else tellSummaries(summarise(event.instances), out);
  }
  return EXIT.ok;
}

interface ServiceSummary {
  readonly name: string;
  readonly instances: number;
  readonly up: number;
  readonly versions: readonly string[];
}

function summarise(all: readonly ServiceInfo[]): ServiceSummary[] {
  return [...new Set(all.map(({ name }) => name))].map((service) => {
    const instances = all.filter(({ name }) => name === service);
    const up = instances.filter(({ status }) => status === 'up').length;
    const versions = [...new Set(instances.map(({ version }) => version))].sort();
    return { name: service, instances: instances.length, up, versions };
  });
}

function tellSummaries(summaries: readonly ServiceSummary[], out: CommandInput['out']): void {
  const rows = summaries.map(({ name, instances, up, versions }) => [name, String(instances), String(up), versions.join(', ')]);
  out.table(['SERVICE', 'INSTANCES', 'UP', 'VERSIONS'], rows);
}

function lineOf(type: string, { name, id, version, host, port, status }: ServiceInfo): string {
  return printable(`${type.padEnd(8)} ${name}  ${id}  ${version}  ${host}:${port}  ${status}`);
}
