import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createClient, createConfigClient, createRegistry } from '@weft/host';
import { Fleet } from './fleet.js';
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
  --report FILE   writes { checks: [{ name, ok, detail }], calls, failed } as JSON
  --keep          leaves the shop running at the end and prints its URLs; Ctrl-C ends it
  --help          this text`;

const SCENES: readonly Scene[] = [balance, kill, eject, breaker, configuration, roll, trace];
const CALLS_PER_SECOND = 60;
/** So that what a scene leaves behind shows in its own figures. */
const BETWEEN_SCENES_MS = 1_500;

const startedAt = performance.now();
const say = (what: string) => console.log(`${((performance.now() - startedAt) / 1_000).toFixed(1).padStart(6)} s  ${what}`);

async function tour(): Promise<number> {
  const { values } = parseArgs({ options: { report: { type: 'string' }, keep: { type: 'boolean' }, help: { type: 'boolean' } } });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const weftDir = await mkdtemp(join(tmpdir(), 'weft-shop-'));
  const registry = await createRegistry({ driver: 'file', path: weftDir, ttl: '3s' });
  const config = await createConfigClient({ driver: 'file', path: weftDir, prefix: 'config' });
  const fleet = new Fleet(registry, weftDir);
  try {
    return await play({ registry, config, fleet, weftDir, say }, values);
  } finally {
    await fleet.stopAll();
    await Promise.all([registry.close(), config.close()]);
    await rm(weftDir, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
  }
}

async function play(props: Omit<Stage, 'traffic'>, options: { report?: string; keep?: boolean }): Promise<number> {
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
    say(`    ${traffic.count.calls} calls so far, ${failed} failed although none was to fail`);
  }
  const { calls } = await traffic.stop();
  await gateway.close();
  return report({ checks, calls, failed, failures: traffic.failures }, options, stage);
}

async function playOne(scene: Scene, stage: Stage): Promise<Omit<Check, 'name'>> {
  try {
    return await scene.play(stage);
  } catch (error) {
    return { ok: false, detail: error instanceof Error ? `${error.message}` : String(error) };
  }
}

interface Result {
  readonly checks: readonly Check[];
  readonly calls: number;
  readonly failed: number;
  readonly failures: readonly string[];
}

async function report(
  { checks, calls, failed, failures }: Result,
  options: { report?: string; keep?: boolean },
  stage: Stage,
): Promise<number> {
  const ok = failed === 0 && checks.every((check) => check.ok);
  console.log();
  for (const check of checks) console.log(`  ${check.ok ? 'ok    ' : 'FAILED'}  ${check.name}\n          ${check.detail}`);
  console.log(`\n  ${calls} calls, ${failed} failed although none was to fail`);
  if (failed > 0) console.log(failures.map((failure) => `    ${failure}`).join('\n'));
  console.log(ok ? '\n  Everything held.' : '\n  Not everything held.');
  if (options.report) await writeFile(options.report, `${JSON.stringify({ checks, calls, failed }, null, 2)}\n`);
  if (options.keep) await keep(stage);
  return ok ? 0 : 1;
}

async function keep({ registry }: Stage): Promise<void> {
  console.log('\n  The shop keeps running; Ctrl-C ends it.');
  for (const { id, address, port } of await registry.listServices()) console.log(`    http://${address}:${port}  ${id}`);
  const alive = setInterval(() => {}, 60_000);
  await new Promise((resolve) => process.once('SIGINT', resolve).once('SIGTERM', resolve));
  clearInterval(alive);
}

process.exitCode = await tour().catch(async (error: unknown) => {
  console.error(error);
  await rest(0);
  return 1;
});
