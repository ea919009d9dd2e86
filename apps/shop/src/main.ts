import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { messageOf } from '@weft/core';
import { createClient, createConfigClient, createRegistry } from '@weft/host';
import type { Registry } from '@weft/registry';
import { Fleet } from './fleet.js';
import { untilInterrupted } from './interruption.js';
import type { Check, Scene, Stage } from './scene.js';
import { rest } from './scene.js';
import { balance } from './scene-balance.js';
import { breaker } from './scene-breaker.js';
import { configuration } from './scene-config.js';
import { eject } from './scene-eject.js';
import { kill } from './scene-kill.js';
import { roll } from './scene-roll.js';
import { trace } from './scene-trace.js';
import { Traffic } from './traffic.js';

const HELP = `npm run demo -- [options]
  A tour of half a minute through a small shop under load; exit code 0 when everything held.
  --report FILE   writes { checks: [{ name, ok, detail }], calls, failed } as JSON
  --keep          leaves the shop running at the end and prints its URLs; Ctrl-C ends it
  --help          this text`;

const SCENES: readonly Scene[] = [balance, kill, eject, breaker, configuration, roll, trace];
const CALLS_PER_SECOND = 60;
/** So that what a scene leaves behind shows in its own figures. */
const BETWEEN_SCENES_MS = 1_500;

const startedAt = performance.now();
const say = (what: string) => console.log(`${((performance.now() - startedAt) / 1_000).toFixed(1).padStart(6)} s  ${what}`);

interface Options {
  readonly report?: string;
  readonly keep?: boolean;
  readonly help?: boolean;
}

function parseOptions(): Options | undefined {
  try {
    return parseArgs({ options: { report: { type: 'string' }, keep: { type: 'boolean' }, help: { type: 'boolean' } } }).values;
  } catch (error) {
    console.error(`${messageOf(error)}\n\n${HELP}`);
    return undefined;
  }
}

async function tour(options: Options, interrupted: Promise<number>): Promise<number> {
  const weftDir = await mkdtemp(join(tmpdir(), 'weft-shop-'));
  const registry = await createRegistry({ driver: 'file', path: weftDir, ttl: '3s' });
  const config = await createConfigClient({ driver: 'file', path: weftDir, prefix: 'config' });
  const fleet = new Fleet(registry, weftDir);
  try {
    const code = await Promise.race([play({ registry, config, fleet, weftDir, say }, options), interrupted]);
    if (code > 1) say('interrupted: the shop closes');
    else if (options.keep) {
      await tellUrls(registry);
      await interrupted;
    }
    return code;
  } finally {
    await fleet.stopAll();
    await Promise.all([registry.close(), config.close()]);
    await rm(weftDir, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
  }
}

async function play(props: Omit<Stage, 'traffic'>, { report: file }: Options): Promise<number> {
  const { registry, config, fleet } = props;
  say('A small shop: gateway x1, orders x2, users x3, as processes on the file registry. No server is installed.');
  say('Times are short for the tour: breaker open 2 s, ejection 3 s, registry TTL 3 s (defaults: 30 s each).');
  await config.set('database', { host: 'db.shop.example', user: 'shop', password: 'hunter2' });
  await config.set('cache', { ttlSeconds: 3_600 });
  await fleet.startAll();
  say('all six have found the registry');
  const gateway = await createClient({ serviceName: 'gateway', registry, timeout: '10s' });
  const traffic = new Traffic(gateway, CALLS_PER_SECOND);
  say(`traffic: ${CALLS_PER_SECOND} calls/s through the gateway, from now to the end`);
  const stage = { ...props, traffic };
  const checks: Check[] = [];
  let failed = 0;
  for (const scene of SCENES) {
    say(`--- ${scene.name}`);
    const before = traffic.count.failed;
    checks.push({ name: scene.name, ...(await playOne(scene, stage)) });
    await rest(BETWEEN_SCENES_MS);
    if (!scene.breaksAnswers) failed += traffic.count.failed - before;
    say(`    ${traffic.count.calls} calls so far, ${failed === 0 ? 'none' : failed} failed that should not have`);
  }
  const { calls } = await traffic.stop();
  await gateway.close();
  return report({ checks, calls, failed, failures: traffic.failures }, file);
}

async function playOne(scene: Scene, stage: Stage): Promise<Omit<Check, 'name'>> {
  try {
    return await scene.play(stage);
  } catch (error) {
    return { ok: false, detail: messageOf(error) };
  }
}

interface Result {
  readonly checks: readonly Check[];
  readonly calls: number;
  readonly failed: number;
  readonly failures: readonly string[];
}

async function report({ checks, calls, failed, failures }: Result, file: string | undefined): Promise<number> {
  const ok = failed === 0 && checks.every((check) => check.ok);
  console.log();
  for (const check of checks) console.log(`  ${check.ok ? 'ok    ' : 'FAILED'}  ${check.name}\n          ${check.detail}`);
  console.log(`\n  ${calls} calls, ${failed === 0 ? 'none' : failed} failed that should not have`);
  if (failed > 0) console.log(failures.map((failure) => `    ${failure}`).join('\n'));
  console.log(ok ? '\n  Everything held.\n' : '\n  Not everything held.\n');
  if (file) await writeFile(file, `${JSON.stringify({ checks, calls, failed }, null, 2)}\n`);
  return ok ? 0 : 1;
}

async function tellUrls(registry: Registry): Promise<void> {
  console.log('  The shop keeps running; Ctrl-C ends it.');
  for (const { id, address, port } of await registry.listServices()) console.log(`    http://${address}:${port}  ${id}`);
  console.log();
}

async function main(): Promise<number> {
  const options = parseOptions();
  if (!options) return 2;
  if (options.help) console.log(HELP);
  return options.help ? 0 : tour(options, untilInterrupted());
}

process.exit(
  await main().catch((error: unknown) => {
    console.error(`\n  The tour broke off: ${messageOf(error)}`);
    return 1;
  }),
);
