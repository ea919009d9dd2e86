import { setTimeout as rest } from 'node:timers/promises';
import { WeftError } from '@weft/core';
import { expect } from 'vitest';
import type { Backend } from './backend.js';
import { EVERYWHERE } from './everywhere.js';
import { type FaultRow, type FaultStage, faultRow } from './fault-row.js';
import { Scene } from './scene.js';
import { timing } from './timing.js';
import { until } from './until.js';

const REFUSED = ['WEFT_UNAUTHENTICATED', 'WEFT_PERMISSION_DENIED'];
/** Longest pause of those whom a server answers with errors, in ms. */
const ANSWERED_MS = 10_000;

/** Credentials that were never good. */
export const wrongCredentials: FaultRow = faultRow({
  id: 'wrong-credentials',
  title: 'wrong credentials: opening fails at once, says where, and does not tell the secret',
  bounds: { detectMs: 1_500 },
  on: EVERYWHERE,
  backend: { accounts: true, data: 'memory' },
  async run(stage) {
    const { backend } = stage;
    await refuses(stage, () => backend.openRegistryDriver(backend.wrongOptions));
    await refuses(stage, () => backend.openConfigDriver(backend.wrongOptions));
    await opens(stage.backend);
  },
});

/** A good account without rights: Consul then shows empty lists, as if nobody was there. */
export const noRights: FaultRow = faultRow({
  id: 'no-rights',
  title:
    'credentials without the right to read: refused when it opens or at the first look, and never is that "nothing is there"',
  bounds: { detectMs: 1_500 },
  on: EVERYWHERE,
  backend: { accounts: true, data: 'memory' },
  async run(stage) {
    const { backend } = stage;
    const options = { signal: AbortSignal.timeout(timing.timeoutMs * 3) };
    await backend.narrow();
    await refuses(stage, async () => (await backend.openRegistryDriver()).list('things', options));
    await refuses(stage, async () => (await backend.openRegistryDriver()).list(undefined, options));
    await refuses(stage, async () => (await backend.openConfigDriver()).list('config', options));
    await backend.widen();
    await opens(backend);
  },
});

/** Rights that are taken away while everything runs, for less than a TTL. */
export const rightsLost: FaultRow = faultRow({
  id: 'rights-lost',
  title: 'the right to read taken away in mid-run and given back: the list stays, and every watch goes on',
  bounds: { recoverMs: ANSWERED_MS + 2_000 },
  on: EVERYWHERE,
  backend: { accounts: true },
  timeoutMs: timing.pick(90_000, 300_000),
  async run({ backend, atEnd, recovered }) {
    const scene = await Scene.open(backend);
    atEnd(() => scene.close());
    await backend.narrow();
    for (let looks = 0; looks < 10; looks++) {
      await rest((timing.ttlMs * 0.6) / 10);
      expect(scene.ids(), scene.told()).toEqual(['things-1']);
    }
    await backend.widen();
    recovered(await scene.continues());
    await scene.untilRegistered();
    expect(secretsIn(backend, backend.log.lines)).toEqual([]);
  },
});

/** Credentials that were good, are not, and are again. */
export const revoked: FaultRow = faultRow({
  id: 'revoked',
  title: 'credentials revoked in mid-run and given back: told once, tried on, no secret told, all back by itself',
  bounds: { detectMs: timing.beatMs + 1_000, recoverMs: ANSWERED_MS + 2_000 },
  on: EVERYWHERE,
  backend: { accounts: true },
  timeoutMs: timing.pick(90_000, 300_000),
  async run({ backend, atEnd, detected, recovered, figure }) {
    const scene = await Scene.open(backend);
    atEnd(() => scene.close());
    const warned = () => backend.log.lines.filter((line) => line.includes('could not be registered'));
    await backend.revoke();
    detected(
      await until(
        'a failed beat is told',
        timing.ttlMs * 2,
        () => warned().length > 0,
        () => scene.told(),
      ),
    );
    await until(
      'the lease is lost',
      timing.ttlMs * 3,
      () => scene.events.includes('registration.lost'),
      () => scene.told(),
    );
    await rest(timing.pick(1_000, 10_000));
    expect(warned(), 'told once').toHaveLength(1);
    expect(warned()[0]).toMatch(/WEFT_UNAUTHENTICATED|WEFT_PERMISSION_DENIED/);
    expect(secretsIn(backend, backend.log.lines)).toEqual([]);
    figure('log lines while refused', backend.log.lines.length);
    await backend.restore();
    recovered(await scene.untilRegistered());
    await scene.continues();
  },
});

/** Tokens die with the server (etcd's simple ones do), and have to be asked for anew. */
export const authRestart: FaultRow = faultRow({
  id: 'auth-restart',
  title: 'a server with accounts is restarted: old sessions are void, every watch goes on',
  bounds: { recoverMs: 4_000 },
  on: EVERYWHERE,
  backend: { accounts: true },
  async run({ backend, atEnd, recovered }) {
    const scene = await Scene.open(backend);
    atEnd(() => scene.close());
    await backend.server.kill();
    await rest(timing.pick(500, 5_000));
    await backend.server.start();
    recovered(await scene.continues());
    await scene.untilRegistered();
    expect(scene.ids()).toEqual(['things-1']);
  },
});

/** Asserts how an attempt is refused. */
async function refuses({ backend, detected }: FaultStage, attempt: () => Promise<unknown>): Promise<void> {
  const startedAt = performance.now();
  const error = await attempt().then(
    () => new WeftError('WEFT_INVALID_ARGUMENT', 'it worked'),
    (reason: unknown) => WeftError.from(reason),
  );
  detected(performance.now() - startedAt);
  expect(REFUSED, `${error.code} ${error.message}`).toContain(error.code);
  expect(error.message, 'says where').toContain(backend.server.address);
  expect(secretsIn(backend, [error.message, String(error.cause)])).toEqual([]);
}

/** Asserts that the good credentials open both. */
async function opens(backend: Backend): Promise<void> {
  const signal = AbortSignal.timeout(timing.timeoutMs);
  expect(await (await backend.openRegistryDriver()).list('things', { signal })).toEqual([]);
  expect(await (await backend.openConfigDriver()).list('config', { signal })).toEqual([]);
}

/** Those of `texts` that hold a password or a token. */
function secretsIn(backend: Backend, texts: readonly string[]): readonly string[] {
  const secrets = [backend.options, backend.wrongOptions].flatMap(({ password, token }) => [password, token]);
  return texts.filter((text) => secrets.some((secret) => typeof secret === 'string' && text.includes(secret)));
}
