import { afterEach, describe, expect, it } from 'vitest';
import { driverSource, type TemporaryApp, temporaryApp } from '../test/temporary-app.js';
import { checkSystem } from './check-system.js';
import { createHost } from './create-host.js';
import type { WeftConfig } from './weft-config.js';

let app: TemporaryApp;
afterEach(() => app.remove());

const ADDRESS = 'redis://user:planted@localhost:6379';
const quiet = { level: 'silent' } as const;

/** All that an error says to who reads it: its message and its problems. */
async function saidBy(config: WeftConfig | string): Promise<string> {
  const error = await createHost(config, { from: app.folder, folder: app.folder }).catch((reason: unknown) => reason);
  const { message, problems } = error as { readonly message: string; readonly problems?: unknown };
  return `${message} ${JSON.stringify(problems)}`;
}

describe('R80: what is secret in a config is not shown', () => {
  it.each<[string, WeftConfig]>([
    ['an address where a word belongs', { registry: ADDRESS }],
    ['an address that a module is to come from', { registry: { from: 'https://user:planted@git.local/driver.js' } }],
    ['a credential where a number belongs', { service: { name: 'a', port: 'token=planted' as unknown as number } }],
  ])('by the refusal of %s', async (_, config) => {
    app = await temporaryApp({}, ['@weft/registry-memory', '@weft/transport-http']);
    const said = await saidBy({ logging: quiet, ...config });
    expect(said).toContain('[redacted]');
    expect(said).not.toContain('planted');
  });

  it.each([
    ['weft.config.json', '{ "registry": { "password": planted } }'],
    ['weft.config.json', 'planted'],
    ['weft.config.yaml', 'registry: { driver: redis }\n  password: planted'],
    ['weft.config.yaml', '- registry\npassword: planted'],
    ['weft.config.yaml', 'registry:\n  password: *planted'],
    ['weft.config.yaml', 'registry:\n  password: |planted'],
  ])('by the refusal of a file that cannot be read: %s %j', async (name, text) => {
    app = await temporaryApp({ [name]: text });
    const said = await saidBy(name);
    expect(said).toContain(name);
    expect(said).not.toContain('planted');
  });

  it.each(['open', 'start'])('by the failure of a driver to %s', async (step) => {
    app = await temporaryApp({}, ['@weft/registry-memory', '@weft/transport-http']);
    const fail = `throw new Error("no answer of ${ADDRESS}");`;
    const open = step === 'open' ? fail : `return { value: 0, start: async () => { ${fail} } };`;
    await app.write('p.mjs', driverSource({ slot: 'plugin', name: 'p', open }, app.folder));
    const config = { registry: 'memory', logging: quiet, plugins: ['./p.mjs'] };
    const failed = createHost(config, { from: app.folder, signals: false }).then((host) => host.start());
    await expect(failed).rejects.toThrow(`failed to ${step}: no answer of redis://[redacted]@localhost:6379`);
  });

  it('by what a host says of itself, and by a check', async () => {
    const registry = { driver: 'memory', address: ADDRESS };
    const files = { 'weft.config.json': JSON.stringify({ registry, logging: quiet, service: { name: 'a', tags: [ADDRESS] } }) };
    app = await temporaryApp(files, ['@weft/registry-memory', '@weft/transport-http']);
    const host = await createHost('weft.config.json', { folder: app.folder, signals: false });
    expect(JSON.stringify(host.describe())).not.toContain('planted');
    await host.stop();
    expect(JSON.stringify(await checkSystem(undefined, { folder: app.folder }))).not.toContain('planted');
  });
});
