import type { Client } from '@weft/client';
import { noopLogger } from '@weft/core';
import { createClient, createService } from '@weft/host';
import { Gate } from './gate.js';
import type { Scene, Stage } from './scene.js';
import { rest } from './scene.js';

const PLACES = 10;
const EACH_MS = 100;
const CAPACITY = (PLACES * 1_000) / EACH_MS;
const LOADED_MS = 2_500;
const CALM_MS = 1_000;
const CALM_LOAD = 0.25;
/** How often calm is looked for; as a rule it is there at once. */
const MOST_CALMS = 5;
/** Who has no answer by then has given up. */
const PATIENCE_MS = 500;
const TICK_MS = 20;
/** Of what the gate lets through. As a rule it is above 0.9; a machine that has other things to do is late for some. */
const LEAST_GOODPUT = 0.5;

/** Calls by how they ended. */
interface Served {
  readonly good: number;
  /** Answered with 503. */
  readonly refused: number;
  /** Not answered in time, or otherwise than with 200 or 503. */
  readonly bad: number;
}

/** (l) Three times what a service can do: with `concurrency` it does what it can and refuses the rest, without it next to nothing comes in time. */
export const overload: Scene = {
  name: 'at three times its capacity a service does what it can, and refuses the rest',
  async play(stage) {
    const { say } = stage;
    say(`two services can answer ${CAPACITY} calls/s each, and get ${3 * CAPACITY}; callers give up after ${PATIENCE_MS} ms`);
    const [guarded, open] = await Promise.all([openSearch(stage, true), openSearch(stage, false)]);
    try {
      const shed = await loaded(guarded.client, 3, LOADED_MS);
      say(
        `with concurrency and overload on: ${perSecond(shed.good)} in time, ${perSecond(shed.refused)} refused with 503 at once`,
      );
      const queued = await loaded(open.client, 3, LOADED_MS);
      say(`without: ${perSecond(queued.good)} in time, ${perSecond(queued.bad)} too late`);
      const calm = await calmed(guarded.client);
      say(`then at a quarter of its capacity: ${calm.good} answered, ${calm.refused + calm.bad} not`);
      const goodput = (shed.good * 1_000) / LOADED_MS / CAPACITY;
      const isRight = goodput >= LEAST_GOODPUT && shed.refused > 0 && shed.good > queued.good;
      const percent = (good: number) => Math.round((good * 100_000) / LOADED_MS / CAPACITY);
      return {
        ok: isRight && isCalm(calm),
        detail: `goodput ${percent(shed.good)} % of the capacity (unprotected: ${percent(queued.good)} %), ${perSecond(shed.refused)} refused with 503; afterwards ${calm.good} answered, ${calm.refused + calm.bad} not`,
      };
    } finally {
      await Promise.all([guarded.close(), open.close()]);
    }
  },
};

async function openSearch({ registry }: Stage, isGuarded: boolean) {
  const name = isGuarded ? 'search' : 'search-unprotected';
  const options = { name, registry, concurrency: isGuarded, overload: isGuarded };
  const service = await createService(options, { logger: noopLogger });
  const gate = new Gate(PLACES, EACH_MS);
  service.addHandler('GET /search', async () => {
    await gate.pass();
    return { found: [] };
  });
  await service.start();
  const client = await createClient({
    serviceName: name,
    registry,
    timeout: PATIENCE_MS,
    retries: 0,
    circuitBreaker: false,
    outlier: false,
    pool: { connections: 1_000 },
  });
  const close = async () => {
    await client.close();
    await service.stop({ immediate: true });
  };
  return { client, close };
}

async function calmed(client: Client): Promise<Served> {
  let served = await loaded(client, CALM_LOAD, CALM_MS);
  for (let looks = 1; looks < MOST_CALMS && !isCalm(served); looks++) served = await loaded(client, CALM_LOAD, CALM_MS);
  return served;
}

function isCalm({ good, refused, bad }: Served): boolean {
  return good > 0 && refused + bad === 0;
}

/** Calls at a fixed rate for `ms`, whatever the answers take. */
async function loaded(client: Client, timesCapacity: number, ms: number): Promise<Served> {
  const served = { good: 0, refused: 0, bad: 0 };
  const count = (what: keyof Served) => void served[what]++;
  const call = () =>
    client.get('/search').then(
      ({ statusCode }) => count(statusCode === 200 ? 'good' : statusCode === 503 ? 'refused' : 'bad'),
      () => count('bad'),
    );
  const calls: Promise<void>[] = [];
  const startedAt = performance.now();
  for (let passedMs = 0; passedMs < ms; passedMs = performance.now() - startedAt) {
    const due = Math.ceil((passedMs / 1_000) * CAPACITY * timesCapacity);
    while (calls.length < due) calls.push(call());
    await rest(TICK_MS);
  }
  await Promise.all(calls);
  return served;
}

function perSecond(calls: number): string {
  return `${Math.round((calls * 1_000) / LOADED_MS)}/s`;
}
