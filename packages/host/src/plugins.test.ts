import { type VirtualClock, virtualClock } from '@weft/conformance';
import { WeftError } from '@weft/core';
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  driverSource,
  type FixtureDriver,
  type Installable,
  logOf,
  type TemporaryApp,
  temporaryApp,
} from '../test/temporary-app.js';
import { createHost } from './create-host.js';
import type { WeftConfig } from './weft-config.js';

let app: TemporaryApp;
afterEach(() => app.remove());

const packages: readonly Installable[] = ['@weft/registry-memory', '@weft/registry-file', '@weft/transport-http'];
const quiet = { level: 'silent' } as const;

/** An app with one file per driver, all telling to one log that is named after its folder. */
async function appWith(drivers: Readonly<Record<string, FixtureDriver>>): Promise<void> {
  app = await temporaryApp({}, packages);
  for (const [name, driver] of Object.entries(drivers)) await app.write(`${name}.mjs`, driverSource(driver, app.folder));
}

function hostOf(config: WeftConfig) {
  return createHost({ registry: 'memory', logging: quiet, ...config }, { from: app.folder, signals: false });
}

async function refusalOf(config: WeftConfig): Promise<WeftError> {
  const host = await hostOf(config).catch((error: unknown) => error);
  if (host instanceof WeftError) return host;
  throw new Error('it was accepted');
}

describe('plugins (R73)', () => {
  it('are opened and started in the order of their needs, and stopped in reverse', async () => {
    await appWith({
      a: { slot: 'plugin', name: 'a', needs: ['config'], open: "tell('sees ' + typeof host.get('config').list);" },
      c: { slot: 'config', name: 'c', open: 'return { value: { list() {}, supports: {}, close: async () => tell("closes") } };' },
    });
    const host = await hostOf({ plugins: ['./a.mjs', './c.mjs'] });
    expect(logOf(app.folder)).toEqual(['c opens', 'a opens', 'a sees function']);
    await host.start();
    await host.stop();
    expect(logOf(app.folder).slice(3)).toEqual(['a starts', 'a stops', 'c closes', 'c closes']);
    expect(host.describe().drivers.map(({ slot, name }) => `${slot} ${name}`)).toEqual([
      'registry memory',
      'transport http',
      'config c',
      'plugin a',
    ]);
  });

  it('that fill a slot take the place of the default', async () => {
    await appWith({ r: { slot: 'registry', name: 'own', open: 'return { value: { supports: {}, async close() {} } };' } });
    const host = await createHost({ plugins: ['./r.mjs'], logging: quiet }, { from: app.folder, signals: false });
    expect(host.describe().drivers.map(({ slot, name }) => `${slot} ${name}`)).toEqual(['transport http', 'registry own']);
    await host.stop();
  });

  it('are refused when they are not there', async () => {
    await appWith({});
    const error = await refusalOf({ plugins: ['./gone.mjs', 'some-plugin'] });
    expect(error.code).toBe('WEFT_PLUGIN_INVALID');
    expect(error.problems?.map(({ path }) => path)).toEqual(['plugins[0].from', 'plugins[1].from']);
    expect(error.message).toContain('"./gone.mjs": there is no file');
    expect(error.message).toContain('Run: pnpm add some-plugin');
  });

  it('are refused when they throw while they are loaded', async () => {
    app = await temporaryApp({ 'bad.mjs': 'throw new Error("no licence");' }, packages);
    const error = await refusalOf({ plugins: ['./bad.mjs'] });
    expect(error.code).toBe('WEFT_PLUGIN_INVALID');
    expect(error.problems).toEqual([
      { path: 'plugins[0]', message: 'plugin from "./bad.mjs" throws when it is loaded: no licence' },
    ]);
  });

  it('are refused when they speak another version of the contract, or are no driver', async () => {
    await appWith({ old: { slot: 'plugin', name: 'old', contract: 0 } });
    await app.write('none.mjs', 'export default { contract: 1, slot: "regsitry" };');
    const error = await refusalOf({ plugins: ['./old.mjs', './none.mjs'] });
    expect(error.code).toBe('WEFT_PLUGIN_INVALID');
    expect(error.problems?.map(({ message }) => message)).toEqual([
      'plugin from "./old.mjs": speaks contract 0 of drivers, and this @weft/host speaks contract 1',
      expect.stringContaining('"slot" is regsitry: expected one of registry, config, transport'),
      expect.stringContaining('"name" is missing'),
      expect.stringContaining('"options" is no Standard Schema'),
      expect.stringContaining('"open" is no function'),
    ]);
  });

  it('are refused when two have one name, or fill one slot', async () => {
    await appWith({
      a: { slot: 'plugin', name: 'twin' },
      b: { slot: 'plugin', name: 'twin' },
      r: { slot: 'registry', name: 'own' },
    });
    const error = await refusalOf({ registry: 'memory', plugins: ['./a.mjs', './b.mjs', './r.mjs'] });
    expect(error.code).toBe('WEFT_PLUGIN_INVALID');
    expect(error.problems).toEqual([
      { path: 'plugins[1]', message: 'plugin "twin" has the same name as another one (at plugins[0])' },
      { path: 'plugins[2]', message: 'registry "own" and registry "memory" both fill the slot "registry" (at registry)' },
    ]);
  });

  it('are refused when nothing fills what they need', async () => {
    await appWith({ a: { slot: 'plugin', name: 'a', needs: ['config'] } });
    const error = await refusalOf({ plugins: ['./a.mjs'] });
    expect(error.code).toBe('WEFT_PLUGIN_INVALID');
    expect(error.problems).toEqual([{ path: 'plugins[0]', message: 'plugin "a" needs the slot "config", and nothing fills it' }]);
  });

  it('are refused when they need each other, with the circle', async () => {
    await appWith({
      r: { slot: 'registry', name: 'r', needs: ['config'] },
      c: { slot: 'config', name: 'c', needs: ['registry'] },
    });
    const error = await createHost({ plugins: ['./r.mjs', './c.mjs'] }, { from: app.folder }).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'WEFT_PLUGIN_INVALID' });
    expect(String(error)).toContain('these need each other: registry "r" -> config "c" -> registry "r"');
  });

  it('that were opened are closed in reverse when another one fails to open', async () => {
    await appWith({
      a: { slot: 'plugin', name: 'a' },
      b: { slot: 'plugin', name: 'b' },
      c: { slot: 'plugin', name: 'c', open: 'throw new Error("no disk");' },
    });
    const error = await refusalOf({ plugins: ['./a.mjs', './b.mjs', './c.mjs'] });
    expect(error.code).toBe('WEFT_PLUGIN_INVALID');
    expect(error.message).toBe('plugin "c" failed to open: no disk');
    expect(logOf(app.folder)).toEqual(['a opens', 'b opens', 'c opens', 'b stops', 'a stops']);
  });

  it('that were started are stopped in reverse when another one fails to start', async () => {
    await appWith({
      a: { slot: 'plugin', name: 'a' },
      b: { slot: 'plugin', name: 'b', open: 'return { value: 0, start: async () => { throw new Error("no port"); } };' },
    });
    const host = await hostOf({ plugins: ['./a.mjs', './b.mjs'] });
    await expect(host.start()).rejects.toMatchObject({
      code: 'WEFT_PLUGIN_INVALID',
      message: 'plugin "b" failed to start: no port',
    });
    expect(logOf(app.folder)).toEqual(['a opens', 'b opens', 'a starts', 'a stops']);
    await expect(host.start()).rejects.toThrow('no port');
  });

  it('get at no slot that they do not name', async () => {
    await appWith({ a: { slot: 'plugin', name: 'a', open: "host.get('registry');" } });
    const error = await refusalOf({ plugins: ['./a.mjs'] });
    expect(error.message).toContain('plugin "a" asks for the slot "registry" but does not name it in "needs"');
  });
});

describe('a plugin that hangs (R74)', () => {
  const never = 'new Promise(() => {})';
  const hostOn = (clock: VirtualClock, plugins: readonly string[]) =>
    createHost({ registry: 'memory', logging: quiet, plugins }, { from: app.folder, signals: false, clock });

  it('while it opens is named after 10 s, and what was opened before is closed', async () => {
    await appWith({ a: { slot: 'plugin', name: 'a' }, b: { slot: 'plugin', name: 'b', open: `return ${never};` } });
    const clock = virtualClock();
    const failed = hostOn(clock, ['./a.mjs', './b.mjs']).catch((error: unknown) => error);
    await vi.waitUntil(() => logOf(app.folder).includes('b opens'));
    await clock.advance(10_000);
    expect(await failed).toMatchObject({ code: 'WEFT_DEADLINE_EXCEEDED', message: 'plugin "b" did not open within 10 s' });
    expect(logOf(app.folder)).toEqual(['a opens', 'b opens', 'a stops']);
  });

  it('while it starts is named after 10 s, and what was started before is stopped', async () => {
    const open = `return { value: 0, start: () => { tell('starts'); return ${never}; } };`;
    await appWith({ a: { slot: 'plugin', name: 'a' }, b: { slot: 'plugin', name: 'b', open } });
    const clock = virtualClock();
    const host = await hostOn(clock, ['./a.mjs', './b.mjs']);
    const failed = host.start().catch((error: unknown) => error);
    await vi.waitUntil(() => logOf(app.folder).includes('b starts'));
    await clock.advance(10_000);
    expect(await failed).toMatchObject({ code: 'WEFT_DEADLINE_EXCEEDED', message: 'plugin "b" did not start within 10 s' });
    expect(logOf(app.folder)).toEqual(['a opens', 'b opens', 'a starts', 'b starts', 'a stops']);
  });

  it('while it stops is given up and named after 5 s, and the others are stopped', async () => {
    const open = `return { value: 0, stop: () => { tell('stops'); return ${never}; } };`;
    await appWith({ a: { slot: 'plugin', name: 'a' }, b: { slot: 'plugin', name: 'b', open } });
    const clock = virtualClock();
    const host = await hostOn(clock, ['./a.mjs', './b.mjs']);
    await host.start();
    const failed = host.stop().catch((error: unknown) => error);
    await vi.waitUntil(() => logOf(app.folder).includes('b stops'));
    await clock.advance(4_999);
    expect(logOf(app.folder)).not.toContain('a stops');
    await clock.advance(1);
    expect(await failed).toMatchObject({ message: 'plugin "b" did not stop within 5 s' });
    expect(logOf(app.folder)).toContain('a stops');
  });
});
