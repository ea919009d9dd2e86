import { Registry } from '@weft/registry';
import { collectGarbage } from '../collect-garbage.mjs';
import { openClient } from './followed-services.mjs';
import { record, records, serviceName } from './records.mjs';
import { StreamingDriver } from './streaming-driver.mjs';

/** Changes that are made ready at a time: together they would be more than what is measured. */
const PORTION = 5_000;

/**
 * CPU of a change, from the driver to the list that a balancer picks from. `options`: `services` of `each` instances; `by` single
 * changes (`put`) or whole lists (`list`); `isFollowed` by a client. What the stream itself costs is measured with a reader
 * that does nothing, and taken off.
 * @param {import('../figure-area.mjs').FigureSetting} setting
 * @returns {Promise<import('../figure-area.mjs').FigureSource>}
 */
export async function open({ calls, options }) {
  const { services, each, by, isFollowed } = options;
  const driver = new StreamingDriver((name) => records(Number(name.split('-')[1]), each));
  const registry = new Registry(driver);
  const client = isFollowed ? openClient(registry) : undefined;
  const views = Array.from({ length: services }, (_, index) => registry.view(serviceName(index)));
  for (let index = 0; index < services; index++) client?.getLoadBalancer(serviceName(index));
  await Promise.all(views.map((view) => view.ready(60_000)));

  let seen = 0;
  for (const view of views) view.onChange(() => (seen += view.instances.length > 0 ? 1 : 0));
  const idle = new StreamingDriver(() => []);
  let idled = 0;
  for (let index = 0; index < services; index++) {
    const read = async () => {
      for await (const event of idle.watch(serviceName(index), { signal: new AbortController().signal })) if (event) idled++;
    };
    read();
  }

  let change = 0;
  const nextEvent = () => {
    const service = ++change % services;
    const at = Math.floor(change / services) % each;
    if (by === 'put') return { name: serviceName(service), event: { put: record(service, at, change) } };
    const list = records(service, each);
    list[at] = record(service, at, change);
    return { name: serviceName(service), event: { list } };
  };

  /** CPU in us of pushing so many changes, through the registry and through readers that do nothing. @param {number} count */
  const push = async (count) => {
    const used = { ours: 0, idle: 0 };
    for (let left = count; left > 0; left -= PORTION) {
      const events = Array.from({ length: by === 'put' ? Math.min(left, PORTION) : 1 }, nextEvent);
      if (by === 'list') left += PORTION - 1;
      // What was made ready is no garbage of ours.
      collectGarbage();
      used.idle += await cpuOf(idle, events, () => idled);
      used.ours += await cpuOf(driver, events, () => seen);
    }
    return (used.ours - used.idle) / count;
  };

  return {
    measure: async () => {
      await push(Math.ceil(calls / 4));
      return { perChangeUs: await push(calls) };
    },
    close: async () => {
      await client?.close();
      await registry.close();
    },
  };
}

/**
 * CPU in us until all events have come through.
 * @param {StreamingDriver} driver
 * @param {readonly { name: string, event: import('@weft/core').RegistryEvent }[]} events
 * @param {() => number} arrived
 */
async function cpuOf(driver, events, arrived) {
  await new Promise(setImmediate);
  const due = arrived() + events.length;
  const before = process.cpuUsage();
  for (const { name, event } of events) driver.push(name, event);
  while (arrived() < due) await new Promise(setImmediate);
  const { user, system } = process.cpuUsage(before);
  return user + system;
}
