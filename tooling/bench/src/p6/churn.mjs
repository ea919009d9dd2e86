import { setTimeout as sleep } from 'node:timers/promises';
import { Registry } from '@weft/registry';
import { openClient } from './followed-services.mjs';
import { LoopMeter } from './loop-meter.mjs';
import { record, records, serviceName } from './records.mjs';
import { StreamingDriver } from './streaming-driver.mjs';

const SERVICES = 1_000;
const EACH = 10;
const PER_SECOND = 100;

/**
 * A client that follows 1,000 services of 10 instances, of which one changes each 10 ms: how late its event loop is.
 * @param {import('../figure-area.mjs').FigureSetting} setting
 * @returns {Promise<import('../figure-area.mjs').FigureSource>}
 */
export async function open({ calls }) {
  const driver = new StreamingDriver((name) => records(Number(name.split('-')[1]), EACH));
  const registry = new Registry(driver);
  const client = openClient(registry);
  const views = Array.from({ length: SERVICES }, (_, index) => registry.view(serviceName(index)));
  for (let index = 0; index < SERVICES; index++) client.getLoadBalancer(serviceName(index));
  await Promise.all(views.map((view) => view.ready(60_000)));
  await sleep(500);

  const measure = async () => {
    const meter = new LoopMeter();
    const startAt = performance.now();
    for (let change = 1; change <= calls; change++) {
      await sleep(Math.max(0, startAt + (change * 1_000) / PER_SECOND - performance.now()));
      const service = (change * 7) % SERVICES;
      driver.push(serviceName(service), { put: record(service, change % EACH, change) });
    }
    const { p99Ms, longestMs } = meter.stop();
    return { p99Ms, longestMs };
  };
  return {
    measure,
    close: async () => {
      await client.close();
      await registry.close();
    },
  };
}
