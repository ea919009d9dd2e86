import { setTimeout as rest } from 'node:timers/promises';
import { Client } from '@weft/client';
import { Service } from '@weft/service';
import { openHttpTransport } from '@weft/transport-http';
import { expect } from 'vitest';
import { Providers } from '../providers.js';
import { failureOf } from './failure-of.js';
import { type FaultStage, faultRow } from './fault-row.js';
import { ThingsScene } from './things-scene.js';
import { timing } from './timing.js';
import { until } from './until.js';

/** Longest wait between two tries while a server cannot be reached, and time to list. */
const RECONNECT_MS = 2_500;
/** How long a start that requires the registration waits for it, and then tries to take back what it tried. */
const REGISTER_MS = 10_000;
const WITHDRAW_MS = 2_000;
/** By when one is back that was too slow for a moment, as happens on a busy machine: 30 s and a probe. */
const EJECTED_MS = 40_000;
const LONG_TTL = { ttl: '60s' };

/** The registry dies under load, and comes back. */
export const r29 = faultRow({
  id: 'R29',
  title: 'kill -9 of the registry under load: 0 failed calls, stale is told, readiness stays true',
  bounds: { detectMs: timing.staleAfterMs + 500, recoverMs: timing.beatMs + RECONNECT_MS },
  async run(stage) {
    const { backend } = stage;
    const scene = await ThingsScene.open(stage);
    await backend.server.kill();
    const killedAtMs = scene.load.nowMs();
    await rest(Math.max(timing.outageMs, timing.staleAfterMs + 1_000));
    expect(scene.view.ageMs()).toBeGreaterThan(timing.staleAfterMs);
    const ageSeconds = scene.metrics.read('registry.age', { service: 'things' });
    expect(ageSeconds * 1_000).toBeGreaterThanOrEqual(timing.staleAfterMs - 100);
    await scene.allReady();
    await backend.server.start();
    stage.recovered(await until('all is as before', 30_000, () => scene.isWhole()));
    const backAtMs = scene.load.nowMs();
    await until('all five are called', EJECTED_MS, () => scene.answeredSince(backAtMs).size === 5);
    await scene.noneFailed(stage);
    expect(scene.told.map(({ event }) => event)).toEqual(['discovery.stale', 'discovery.recovered']);
    stage.detected((scene.toldAtMs('discovery.stale') ?? Number.POSITIVE_INFINITY) - killedAtMs);
  },
});

/** A caller is born while the registry is down. */
export const r30 = faultRow({
  id: 'R30',
  title: 'registry down at the start of a caller: a call fails after 2 s with the reason, and works within 2 s of its return',
  bounds: { detectMs: 2_250, recoverMs: RECONNECT_MS },
  async run(stage) {
    const { backend } = stage;
    const first = await backend.openRegistry();
    const block = backend.registryBlock(LONG_TTL);
    const providers = await Providers.on({ registry: first, block, close: () => first.close() }, 2);
    stage.atEnd(() => providers.stop());
    await backend.server.kill();
    const client = clientOf(stage, await backend.openRegistry());
    const { error, ms } = await failureOf(() => client.get('/things/1'));
    expect(error).toMatchObject({ code: 'WEFT_NO_INSTANCE', cause: { code: 'WEFT_REGISTRY_UNAVAILABLE' } });
    stage.detected(ms);
    expect(ms, 'a call waits for a registry').toBeGreaterThan(1_800);
    expect((await failureOf(() => client.get('/things/1', { timeout: 300 }))).ms, 'not longer than its own time').toBeLessThan(
      300 * timing.slack + 100,
    );
    await backend.server.start();
    stage.recovered(await until('a call works', 30_000, async () => (await client.get('/things/1')).statusCode === 200));
  },
});

/** A provider is born while the registry is down. */
export const r31 = faultRow({
  id: 'R31',
  title:
    'registry down at the start of a provider: it serves, is registered within 5 s of the return; who requires it does not start',
  bounds: { detectMs: REGISTER_MS + WITHDRAW_MS + 500, recoverMs: 5_000 },
  async run(stage) {
    const { backend } = stage;
    const registry = await backend.openRegistry();
    await backend.server.kill();
    const providers = await Providers.on({ registry, block: backend.registryBlock(), close: () => registry.close() }, 0);
    stage.atEnd(() => providers.stop());
    const strict = new Service({ name: 'strict', requireRegistration: true, registry });
    stage.atEnd(() => strict.stop({ immediate: true }));
    const refused = failureOf(() => strict.start());
    const provider = await providers.add('things-1');
    const reply = await fetch(`http://127.0.0.1:${provider.port}/things/1`);
    expect(reply.status).toBe(200);
    expect(await providers.registrationOf(provider)).toEqual({ isRegistered: false, told: [] });
    const { error, ms } = await refused;
    expect(error).toMatchObject({ code: 'WEFT_REGISTRY_UNAVAILABLE' });
    stage.detected(ms);
    await backend.server.start();
    const isRegistered = async () => (await providers.registrationOf(provider)).isRegistered;
    stage.recovered(await until('it is registered', 30_000, isRegistered));
    await providers.untilListed(1);
  },
});

/** A caller without load that ends with the row. */
function clientOf(stage: FaultStage, registry: Awaited<ReturnType<FaultStage['backend']['openRegistry']>>): Client {
  const transport = openHttpTransport();
  const client = new Client({ serviceName: 'things', registry, transport });
  stage.atEnd(async () => {
    await client.close();
    await transport.close();
  });
  return client;
}
