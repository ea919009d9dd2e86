import type { ConfigClient } from '@weft/config';
import { noopLogger } from '@weft/core';
import { createLogger, type LeveledLogger } from '@weft/logging';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { driverSource, type TemporaryApp, temporaryApp } from '../test/temporary-app.js';
import { createConfigClient } from './create-config-client.js';
import { createHost } from './create-host.js';
import type { Host } from './host.js';
import type { WeftConfig } from './weft-config.js';

/** By when a change is in force, in ms. */
const LIMIT_MS = 1_000;

let app: TemporaryApp;
let lines: string[];
let logger: LeveledLogger;
let host: Host;

beforeEach(async () => {
  app = await temporaryApp({}, ['@weft/registry-memory', '@weft/config-memory', '@weft/transport-http']);
  lines = [];
  logger = createLogger({ level: 'warn', destination: { write: (line) => lines.push(line) } });
});
afterEach(async () => {
  await host.stop();
  await app.remove();
});

async function started(config: WeftConfig, around: { readonly logger: Host['logger'] } = { logger }): Promise<void> {
  host = await createHost({ registry: 'memory', ...config }, { from: app.folder, signals: false, ...around });
  await host.start();
}

describe('The logger of a host', () => {
  it('hides the passwords and tokens of its config, wherever they come from (R80)', async () => {
    const open =
      'host.logger.warn("opened with " + options.password); return { value: { supports: {}, close: async () => {} } };';
    await app.write('r.mjs', driverSource({ slot: 'registry', name: 'r', open }, app.folder));
    await app.write('p.mjs', driverSource({ slot: 'plugin', name: 'p' }, app.folder));
    await started({
      registry: { from: './r.mjs', password: 'planted-1' },
      config: { driver: 'memory', address: app.folder, secrets: ['orders.pin'] },
      plugins: [{ from: './p.mjs', options: { hooks: [{ apiKey: 'planted-2' }] } }],
    });
    host.logger.error('planted-2 is in use', { order: { pins: 'orders.pin' } });
    expect(lines.join('')).not.toContain('planted');
    expect(lines.join('').match(/\[redacted\]/g)).toHaveLength(2);
    expect(lines.join('')).toContain('orders.pin');
  });

  it('is told once, at the end of a stop, what took how long', async () => {
    await started({ service: { name: 'users' }, logging: {} });
    logger.setLevel('info');
    await Promise.all([host.stop(), host.stop()]);
    const told = lines.map((line) => JSON.parse(line)).filter(({ msg }) => msg === 'the host has stopped');
    expect(told.map(({ ms }) => Object.keys(ms))).toEqual([
      ['the service', 'the client', 'transport "http"', 'the registry', 'registry "memory"'],
    ]);
  });

  it('is left alone when it can neither hide nor change its level', async () => {
    await started({ config: { driver: 'memory', address: app.folder } }, { logger: noopLogger });
    expect(host.logger).toBe(noopLogger);
  });
});

describe('The key "logging" of the config center', () => {
  let center: ConfigClient;
  let rejected: string[];

  beforeEach(async () => {
    const place = { driver: 'memory', address: app.folder };
    center = await createConfigClient(place, { from: app.folder });
    await started({ config: place });
    rejected = [];
    host.config.on('rejected', ({ key, reason }) => rejected.push(`${key} ${reason}`));
  });
  afterEach(() => center.close());

  const becomes = (level: string) => vi.waitFor(() => expect(logger.level).toBe(level), { timeout: LIMIT_MS, interval: 10 });

  it('sets the level of a running host, and gives it back when it goes', async () => {
    await center.set('logging', { level: 'debug' });
    await becomes('debug');
    host.logger.child({ part: 'a' }).debug('seen');
    expect(lines.join('')).toContain('seen');
    await center.set('logging', {});
    await becomes('warn');
    await center.set('logging', { level: 'silent' });
    await becomes('silent');
    await center.remove('logging');
    await becomes('warn');
  });

  it.each([
    [{ level: 'inof' }, /level.*Did you mean "info"\?/],
    [{ levle: 'info' }, /levle.*Did you mean "level"\?/],
    ['debug', /expected an object/],
  ])('is refused when it is %j, told once, and what was good stays', async (bad, reason) => {
    await center.set('logging', { level: 'error' });
    await becomes('error');
    await center.set('logging', bad);
    await vi.waitFor(() => expect(rejected).toHaveLength(1), { timeout: LIMIT_MS });
    expect(rejected[0]).toMatch(reason);
    expect(logger.level).toBe('error');
    await center.set('logging', { level: 'info' });
    await becomes('info');
    expect(rejected).toHaveLength(1);
  });
});
