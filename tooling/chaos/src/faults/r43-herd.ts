import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as rest } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { type FaultStage, faultRow } from './fault-row.js';
import { percentileOf } from './percentile-of.js';
import { recordWriter } from './record-writer.js';
import { roomyServer } from './roomy-server.js';
import { Switchboard } from './switchboard.js';
import { timing } from './timing.js';

const WATCHERS = fileURLToPath(new URL('../watchers.mjs', import.meta.url));
const PROCESSES = 2;
const CLIENTS_EACH = 100;
const SLOT_MS = 100;
/** Where other tests hold this machine up, what is spread arrives in lumps; a herd that is not spread comes all at once. */
const MOST_AT_ONCE_RATIO = timing.pick(0.5, 0.2);
const LOOK_MS = 5_000;
/** Connections of one client that come together are one attempt. */
const TOGETHER_MS = 50;

/**
 * 200 clients lose the same server in one moment. Each has an address of its own, so that its attempts can be counted. The
 * waits are full jitter with a cap of 2 s: how often a single one tries while the server stays away is left to chance, so
 * 19 of 20 clients are held to the 3 attempts.
 */
export const r43 = faultRow({
  id: 'R43',
  title: 'thundering herd: 200 watchers of a restarted registry come back spread out, and none of them often',
  bounds: { recoverMs: 12_000 },
  backend: { data: 'memory' },
  alone: true,
  timeoutMs: 120_000,
  async run(stage) {
    const server = await roomyServer(stage);
    const others = await recordWriter(stage, { address: server.address });
    await others.put('a', 'things');
    const boards = await Promise.all(Array.from({ length: PROCESSES * CLIENTS_EACH }, () => openBoard(stage, server.port)));
    const herds = Array.from({ length: PROCESSES }, (_, n) =>
      openHerd(
        stage,
        boards.slice(n * CLIENTS_EACH, (n + 1) * CLIENTS_EACH).map(({ address }) => address),
      ),
    );
    await Promise.all(herds.map((herd) => herd.told('all follow')));
    await rest(1_000);
    const killedAt = performance.now();
    await server.kill();
    await server.start();
    await others.put('b', 'things').catch(() => others.put('b', 'things'));
    const startedAt = performance.now();
    await Promise.all(herds.map((herd) => herd.told('all have seen b')));
    stage.recovered(performance.now() - startedAt);
    await rest(Math.max(0, LOOK_MS - (performance.now() - killedAt)));

    const attempts = boards.map(({ acceptedAt }) =>
      attemptsOf(acceptedAt.filter((at) => at >= killedAt && at < killedAt + LOOK_MS)),
    );
    const first = attempts.map(([at]) => at).filter((at) => at !== undefined);
    expect(first.length, 'all came back').toBe(boards.length);
    const slots = new Map<number, number>();
    for (const at of first)
      slots.set(Math.floor((at - killedAt) / SLOT_MS), (slots.get(Math.floor((at - killedAt) / SLOT_MS)) ?? 0) + 1);
    const fullest = Math.max(...slots.values()) / first.length;
    const counts = attempts.map(({ length }) => length);
    stage.figure('fullest 100 ms slot', fullest);
    stage.figure('attempts, p95', percentileOf(counts, 0.95));
    stage.figure('attempts, most', Math.max(...counts));
    expect(
      fullest,
      `first attempts by slot of ${SLOT_MS} ms: ${[...slots].sort(([a], [b]) => a - b).join(' ')}`,
    ).toBeLessThanOrEqual(MOST_AT_ONCE_RATIO);
    expect(percentileOf(counts, 0.95), `attempts in ${LOOK_MS} ms`).toBeLessThanOrEqual(3);
  },
});

async function openBoard(stage: FaultStage, port: number): Promise<Switchboard> {
  const board = await Switchboard.open(port);
  stage.atEnd(() => board.close());
  return board;
}

/** A process with one client per address. */
function openHerd(stage: FaultStage, addresses: readonly string[]) {
  const { address: _, ...block } = stage.backend.registryBlock();
  const env = { ...process.env, BLOCK: JSON.stringify(block), ADDRESSES: JSON.stringify(addresses) };
  const child = spawn(process.execPath, [WATCHERS], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => lines.push(text));
  stage.atEnd(() => ended(child));
  return {
    /** Resolves when it has printed `line`. @throws Error when it ends before */
    async told(line: string): Promise<void> {
      while (!lines.join('').includes(line)) {
        if (child.exitCode !== null) throw new Error(`the watchers ended: ${lines.join('')}`);
        await rest(SLOT_MS / 10);
      }
    },
  };
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}

/** Instants at which a client began an attempt. */
function attemptsOf(acceptedAt: readonly number[]): readonly number[] {
  return acceptedAt.filter((at, place) => place === 0 || at - (acceptedAt[place - 1] ?? 0) > TOGETHER_MS);
}
