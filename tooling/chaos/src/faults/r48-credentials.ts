import { setTimeout as rest } from 'node:timers/promises';
import { WeftError } from '@weft/core';
import { expect } from 'vitest';
import type { DriverOptions } from './backend.js';
import { failureOf } from './failure-of.js';
import { faultRow } from './fault-row.js';
import { ThingsScene } from './things-scene.js';
import { timing } from './timing.js';
import { until } from './until.js';

const ANSWERING_CAP_MS = 10_000;

/** Wrong credentials from the start, and good ones that lose their rights while everything runs. */
export const r48 = faultRow({
  id: 'R48',
  title: 'credentials wrong at the start are refused; revoked later nobody crashes, 0 failed calls; secrets stay out of messages',
  bounds: { detectMs: timing.beatMs + timing.timeoutMs + 1_000, recoverMs: timing.beatMs + ANSWERING_CAP_MS + 2_000 },
  backend: { accounts: true },
  timeoutMs: timing.pick(90_000, 240_000),
  async run(stage) {
    const { backend } = stage;
    const secrets = [...secretsOf(backend.options), ...secretsOf(backend.wrongOptions)];
    const { error } = await failureOf(() => backend.openRegistry({ driver: backend.wrongOptions }));
    expect(['WEFT_UNAUTHENTICATED', 'WEFT_PERMISSION_DENIED'], WeftError.from(error).message).toContain(
      WeftError.from(error).code,
    );
    expectNoSecret(secrets, `${WeftError.from(error).stack} ${JSON.stringify(error)}`);

    const scene = await ThingsScene.open(stage);
    const stranger = await failureOf(() => scene.providers.add('things-stranger', backend.wrongOptions));
    expect(WeftError.from(stranger.error).message).toMatch(/WEFT_UNAUTHENTICATED|WEFT_PERMISSION_DENIED/);
    expectNoSecret(secrets, WeftError.from(stranger.error).message);

    await backend.revoke();
    const [someone] = scene.providers.running.values();
    const noticed = () => someone?.lines.join('').includes('could not be registered');
    stage.detected(await until('a provider logs that it cannot beat', 60_000, noticed));
    const isTold = () => scene.toldAtMs('discovery.stale') !== undefined;
    stage.figure('caller tells stale after ms', await until('the caller tells that its list is old', 60_000, isTold));
    await rest(timing.ttlMs);
    expect(scene.view.instances.length, 'the last list').toBe(5);
    for (const { id, process: child } of scene.providers.running.values()) {
      expect(child.exitCode, `${id} runs`).toBeNull();
    }
    await scene.allReady();
    await backend.restore();
    stage.recovered(await until('all is as before', 90_000, () => scene.isWhole()));
    await scene.noneFailed(stage);
    for (const { lines } of scene.providers.running.values()) expectNoSecret(secrets, lines.join(''));
    expectNoSecret(secrets, backend.log.lines.join('\n'));
  },
});

function secretsOf({ token, password }: DriverOptions): string[] {
  return [token, password].filter((secret) => typeof secret === 'string');
}

function expectNoSecret(secrets: readonly string[], text: string): void {
  for (const secret of secrets) expect(text.includes(secret), `a secret stands in: ${text.slice(0, 2_000)}`).toBe(false);
}
