import { setTimeout as sleep } from 'node:timers/promises';
import { startServer } from '@weft-tooling/servers';
import { BenchProcess } from '../bench-process.mjs';
import { quantile } from '../quantile.mjs';
import { CountingRelay } from './counting-relay.mjs';
import { openDriver } from './drivers.mjs';
import { attemptsOf, mostWithin } from './reconnects.mjs';
import { numbered } from './records.mjs';

const PROCESSES = 2;
const PUT = { ttlMs: 30_000, signal: new AbortController().signal };
const SETTLED_MS = 1_000;
const WINDOW_MS = 100;
/** From the kill on, for as long attempts are counted. */
const LOOK_MS = 5_000;
/** Consul takes 200 connections of one address, and all our clients have one. @type {Readonly<Record<string, readonly string[]>>} */
const MANY_CONNECTIONS = { consul: ['-hcl', 'limits { http_max_conns_per_client = 10000 }'] };

/**
 * Clients in two processes, each with a connection of its own, lose their server in one moment (kill -9) and get it back:
 * until the last one has heard of what was registered meanwhile, and how their attempts are spread. Each goes through a
 * relay of its own, by which its attempts are told from those of others.
 * @param {import('../figure-area.mjs').FigureSetting} setting
 * @returns {Promise<import('../figure-area.mjs').FigureSource>}
 */
export async function open({ server: name, calls }) {
  const program = /** @type {import('@weft-tooling/servers').ServerName} */ (name);
  const server = await startServer(program, { args: MANY_CONNECTIONS[name] ?? [] });
  const announce = async (/** @type {number} */ change) => {
    const writer = await openDriver({ server: name, address: server.address });
    await writer.put(numbered(change), PUT);
    await writer.close();
  };
  await announce(0);
  const relays = Array.from({ length: calls }, () => new CountingRelay(server.address));
  const herds = await openHerds(name, await Promise.all(relays.map((relay) => relay.listen())));

  const measure = async () => {
    await sleep(SETTLED_MS);
    for (const relay of relays) relay.reset();
    const killedAt = performance.now();
    await server.restart();
    const servedAt = performance.now();
    await announce(1);
    await Promise.all(herds.map((herd) => herd.ask('figures')));
    const backMs = performance.now() - servedAt;
    await sleep(Math.max(0, killedAt + LOOK_MS - performance.now()));
    return { backMs, ...spreadOf(relays.map(({ connectedAt }) => attemptsOf(connectedAt))) };
  };
  return {
    measure,
    close: async () => {
      await Promise.all(herds.map((herd) => herd.close()));
      for (const relay of relays) relay.close();
      await server.stop();
    },
  };
}

/**
 * @param {string} server
 * @param {readonly string[]} addresses
 */
async function openHerds(server, addresses) {
  const each = Math.ceil(addresses.length / PROCESSES);
  const herds = Array.from({ length: PROCESSES }, (_, place) => addresses.slice(place * each, (place + 1) * each));
  const opened = await Promise.all(
    herds.map((some) => BenchProcess.open('clients', './p6/herd-clients.mjs', { server, options: { addresses: some } })),
  );
  return opened.map(({ process }) => process);
}

/** @param {readonly (readonly number[])[]} attempts by client */
function spreadOf(attempts) {
  const first = attempts.flatMap(([at]) => at ?? []);
  const counts = attempts.map(({ length }) => length);
  return { fullestPercent: (mostWithin(first, WINDOW_MS) / attempts.length) * 100, attempts: quantile(counts, 0.95) };
}
