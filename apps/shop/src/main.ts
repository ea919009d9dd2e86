import { writeFile } from 'node:fs/promises';
import { messageOf } from '@weft/core';
import { createClient, createConfigClient, createRegistry } from '@weft/host';
import type { Registry } from '@weft/registry';
import { type OtelTracing, openOtelTracing } from '@weft/tracing-otel';
import { type Backend, openBackend } from './backend.js';
import { Fleet } from './fleet.js';
import { untilInterrupted } from './interruption.js';
import { openTelemetry } from './open-telemetry.js';
import type { Check, Scene, Stage } from './scene.js';
import { rest } from './scene.js';
import { balance } from './scene-balance.js';
import { breaker } from './scene-breaker.js';
import { canary } from './scene-canary.js';
import { configuration } from './scene-config.js';
import { degrade } from './scene-degrade.js';
import { eject } from './scene-eject.js';
import { emptied } from './scene-emptied.js';
import { explain } from './scene-explain.js';
import { kill } from './scene-kill.js';
import { metrics } from './scene-metrics.js';
import { orders } from './scene-orders.js';
import { outage } from './scene-outage.js';
import { overload } from './scene-overload.js';
import { roll } from './scene-roll.js';
import { tail } from './scene-tail.js';
import { trace } from './scene-trace.js';
import { waterfall } from './scene-waterfall.js';
import { writeFirstSettings } from './shop-settings.js';
import type { Telemetry } from './telemetry.js';
import { HELP, parseTourOptions, type TourOptions } from './tour-options.js';
import { Traffic } from './traffic.js';

const CALLS_PER_SECOND = 60;
/** So that what a scene leaves behind shows in its own figures. */
const BETWEEN_SCENES_MS = 500;

const startedAt = performance.now();
const say = (what: string) => console.log(`${((performance.now() - startedAt) / 1_000).toFixed(1).padStart(6)} s  ${what}`);

function parseOptions(): TourOptions | undefined {
  try {
    return parseTourOptions(process.argv.slice(2));
  } catch (error) {
    console.error(`${messageOf(error)}\n\n${HELP}`);
    return undefined;
  }
}

function scenesOn(backend: Backend): readonly Scene[] {
  const { server } = backend;
  const failures = [balance, kill, eject, breaker, orders(backend), degrade, explain, overload];
  const changes = [configuration, canary, roll, trace, waterfall, tail];
  return [...failures, ...changes, ...(server ? [outage(server), emptied(server)] : []), metrics];
}

async function tour(options: TourOptions, interrupted: Promise<number>): Promise<number> {
  const telemetry = await Promise.race([openTelemetry(options.telemetry), interrupted]);
  if (typeof telemetry === 'number') return telemetry;
  for (const line of telemetry.told) say(line);
  try {
    return await tourOn(telemetry, options, interrupted);
  } finally {
    await telemetry.close();
  }
}

async function tourOn(telemetry: Telemetry, options: TourOptions, interrupted: Promise<number>): Promise<number> {
  const backend = await Promise.race([openBackend(options.registry), interrupted]);
  if (typeof backend === 'number') return backend;
  const { driver, address } = backend;
  const registry = await createRegistry({ driver, address, ttl: '3s' });
  const config = await createConfigClient({ driver, address, prefix: 'config' });
  const { reporter, sampler, metricsUrl } = telemetry;
  const fleet = new Fleet(registry, backend, { ...reporter, sampler, metricsUrl });
  telemetry.follow?.(fleet);
  try {
    const code = await Promise.race([play({ registry, config, fleet, backend, telemetry, say }, options), interrupted]);
    if (code > 1) say('interrupted: the shop closes');
    else if (options.keep) {
      await tellUrls(registry, telemetry);
      await interrupted;
    }
    return code;
  } finally {
    await fleet.stopAll();
    await Promise.all([registry.close(), config.close()]);
    await backend.close();
  }
}

async function play(props: Omit<Stage, 'traffic'>, { report: file }: TourOptions): Promise<number> {
  const { registry, fleet, backend, telemetry } = props;
  say(`A small shop: gateway x1, orders x2, users x3, as processes on ${describe(backend)}`);
  say('Times are short for the tour: breaker open 2 s, ejection 3 s, registry TTL 3 s (defaults: 30 s each).');
  await writeFirstSettings(props);
  await fleet.startAll();
  say('all six have found the registry');
  const customers = tracingOf(telemetry);
  // Its calls stand for customers who know nothing of each other: what one has seen fail keeps no other from asking.
  const gateway = await createClient(
    { serviceName: 'gateway', registry, timeout: '10s', circuitBreaker: false },
    { ...(customers && { tracer: customers.tracer }) },
  );
  const traffic = new Traffic(gateway, CALLS_PER_SECOND);
  say(`traffic: ${CALLS_PER_SECOND} calls/s through the gateway, from now to the end`);
  const stage = { ...props, traffic };
  const checks: Check[] = [];
  let failed = 0;
  for (const scene of scenesOn(backend)) {
    say(`--- ${scene.name}`);
    const before = traffic.count.failed;
    checks.push({ name: scene.name, ...(await playOne(scene, stage)) });
    await rest(BETWEEN_SCENES_MS);
    await traffic.settled();
    if (!scene.breaksAnswers) failed += traffic.count.failed - before;
    say(`    ${traffic.count.calls} calls so far, ${failed === 0 ? 'none' : failed} failed that should not have`);
  }
  const { calls } = await traffic.stop();
  await Promise.all([gateway.close(), customers?.close()]);
  return report({ registry: backend.driver, checks, calls, failed, failures: traffic.failures }, file);
}

/** A call without a span says that its trace is not wanted, and everybody goes by that: where all are, the traffic makes spans, too. */
function tracingOf({ reporter, sampler }: Telemetry): OtelTracing | undefined {
  return sampler > 0 ? openOtelTracing({ serviceName: 'tour', reporter, sampler }) : undefined;
}

function describe({ server, keys }: Backend): string {
  if (!server) return 'the file registry. No server is installed.';
  const memory = keys ? ' A second one remembers which orders were placed.' : '';
  return `${server.name} ${server.version} at ${server.address}: their registry and their config center.${memory}`;
}

async function playOne(scene: Scene, stage: Stage): Promise<Omit<Check, 'name'>> {
  try {
    return await scene.play(stage);
  } catch (error) {
    return { ok: false, detail: messageOf(error) };
  }
}

interface Result {
  readonly registry: string;
  readonly checks: readonly Check[];
  readonly calls: number;
  readonly failed: number;
  readonly failures: readonly string[];
}

async function report({ registry, checks, calls, failed, failures }: Result, file: string | undefined): Promise<number> {
  const ok = failed === 0 && checks.every((check) => check.ok);
  console.log();
  for (const check of checks) console.log(`  ${check.ok ? 'ok    ' : 'FAILED'}  ${check.name}\n          ${check.detail}`);
  console.log(`\n  ${calls} calls, ${failed === 0 ? 'none' : failed} failed that should not have`);
  if (failed > 0) console.log(failures.map((failure) => `    ${failure}`).join('\n'));
  console.log(ok ? '\n  Everything held.\n' : '\n  Not everything held.\n');
  if (file) await writeFile(file, `${JSON.stringify({ registry, checks, calls, failed }, null, 2)}\n`);
  return ok ? 0 : 1;
}

async function tellUrls(registry: Registry, { told }: Telemetry): Promise<void> {
  console.log('  The shop keeps running; Ctrl-C ends it.');
  for (const { id, address, port } of await registry.listServices()) console.log(`    http://${address}:${port}  ${id}`);
  for (const line of told) console.log(`  ${line}`);
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
