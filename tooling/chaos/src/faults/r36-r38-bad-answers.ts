import { setTimeout as rest } from 'node:timers/promises';
import { expect } from 'vitest';
import { type Badness, openBadServer } from './bad-server.js';
import { type FaultStage, faultRow } from './fault-row.js';
import { recordWriter } from './record-writer.js';
import { ServiceDiary } from './service-diary.js';
import { Switchboard } from './switchboard.js';
import { ThingsScene } from './things-scene.js';
import { timing } from './timing.js';
import { until } from './until.js';

const ANSWERING_CAP_MS = 10_000;
const SECOND_MS = 1_000;

/** The registry answers, but with errors. Stubs: an HTTP, a gRPC and a RESP server behind the caller's address. */
export const r36 = faultRow({
  id: 'R36',
  title: 'the registry answers "no leader" for 30 s: the last list is used, few requests at uneven times',
  bounds: { recoverMs: ANSWERING_CAP_MS + SECOND_MS },
  timeoutMs: 90_000,
  async run(stage) {
    const { address, turnBad } = await switched(stage, 'errors');
    const scene = await ThingsScene.open(stage, { driver: { address } });
    const bad = await turnBad();
    const forMs = timing.pick(8_000, 30_000);
    await rest(forMs);
    const requests = [...bad.requestedAt];
    expect(scene.view.instances.length, 'the last list').toBe(5);
    expect(scene.view.error).toMatchObject({ code: 'WEFT_REGISTRY_UNAVAILABLE' });
    bad.turnGood();
    stage.recovered(await until('all is as before', 60_000, () => scene.isWhole()));
    await scene.noneFailed(stage);
    stage.figure('requests', requests.length);
    stage.figure('asked at ms', requests.map((at) => Math.round(at - (requests[0] ?? 0))).join(' '));
    expect(requests.length).toBeGreaterThan(0);
    expect(requests.length, `requests in ${forMs} ms`).toBeLessThanOrEqual(15);
    const gaps = requests.slice(1).map((at, place) => Math.round(at - (requests[place] ?? 0)));
    const tries = gaps.filter((gap) => gap > 50);
    const uneven = new Set(tries.map((gap) => Math.round(gap / 20))).size;
    // Of a few, two may be alike by chance.
    const least = Math.min(tries.length - 1, tries.length * 0.7);
    expect(uneven, `different ones of the gaps ${gaps.join(', ')} ms`).toBeGreaterThanOrEqual(least);
  },
});

/**
 * Something always changes. Consul: a stub gives each answer a new index, at once. etcd and Redis push changes: there 50
 * unrelated writes a second must cost a watch nothing. What the caller sends is counted on the wire, without its signs of life.
 */
export const r37 = faultRow({
  id: 'R37',
  title: 'index churn, and 50 unrelated writes a second: a watch asks at most twice at once and then once a second',
  bounds: {},
  async run(stage) {
    const { backend } = stage;
    const writer = await recordWriter(stage);
    await writer.put('a', 'things');
    const { address, board, turnBad } = await switched(stage, 'churn');
    const stub = backend.driver === 'consul' ? await turnBad() : undefined;
    const registry = await backend.openRegistry({ driver: { address } });
    const diary = new ServiceDiary(stage, registry, 'things');
    await until('the record is seen', 10_000, () => diary.ids.length === 1);
    await rest(SECOND_MS);
    const counted = stub?.requestedAt ?? board.sentAt;
    const before = counted.length;
    expect(before, 'what was asked for the first list').toBeGreaterThan(0);
    const seconds = timing.pick(5, 20);
    for (let n = 0; n < seconds * 25; n++) {
      await Promise.all([writer.put(`x-${n % 7}`, n % 2 ? 'unrelated' : 'things-not'), rest(40)]);
      if (n % 2) await writer.remove(`x-${n % 7}`, 'unrelated');
    }
    const requests = counted.length - before;
    stage.figure('requests', requests);
    stage.figure('in s', seconds);
    expect(requests, `requests in ${seconds} s`).toBeLessThanOrEqual(2 + seconds * 1.5);
    expect(diary.told, 'nothing of ours has changed').toEqual(['snapshot a']);
  },
});

/** The registry answers what means nothing. Consul: index 0, backwards, missing, no number. etcd, Redis: bytes of no sense. */
export const r38 = faultRow({
  id: 'R38',
  title: 'indexes and answers without a meaning: at most 5 requests in 3 s, and it recovers when they are sane',
  bounds: { recoverMs: ANSWERING_CAP_MS + SECOND_MS },
  async run(stage) {
    const { backend } = stage;
    const { address, turnBad } = await switched(stage, 'nonsense');
    const writer = await recordWriter(stage);
    await writer.put('a', 'things');
    const registry = await backend.openRegistry({ driver: { address } });
    const diary = new ServiceDiary(stage, registry, 'things');
    await until('the record is seen', 10_000, () => diary.ids.length === 1);
    const bad = await turnBad();
    await until('it was asked', 10_000, () => bad.requestedAt.length > 0);
    await rest(3 * SECOND_MS);
    const [firstAt = 0] = bad.requestedAt;
    const inThree = bad.requestedAt.filter((at) => at - firstAt <= 3 * SECOND_MS).length;
    stage.figure('requests in 3 s', inThree);
    stage.figure('asked at ms', bad.requestedAt.map((at) => Math.round(at - firstAt)).join(' '));
    expect(inThree).toBeLessThanOrEqual(5);
    expect(diary.ids, 'the last list').toEqual(['a']);
    await writer.put('b', 'things');
    bad.turnGood();
    stage.recovered(await until('what came meanwhile is seen', 60_000, () => diary.ids.join() === 'a,b'));
    expect(diary.told).toEqual(['snapshot a', 'added b']);
  },
});

/** An address in front of the real server, behind which a bad one can be put. */
async function switched(stage: FaultStage, how: Badness) {
  const { server, driver } = stage.backend;
  const board = await Switchboard.open(server.port);
  stage.atEnd(() => board.close());
  return {
    address: board.address,
    board,
    async turnBad() {
      const bad = await openBadServer(driver, how, server.port);
      stage.atEnd(() => bad.close());
      board.to(bad.port);
      return { requestedAt: bad.requestedAt, turnGood: () => board.to(server.port) };
    },
  };
}
