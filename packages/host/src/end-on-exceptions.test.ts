import { afterEach, describe, expect, it } from 'vitest';
import { runHost } from '../test/run-host.js';
import { driverSource, type TemporaryApp, temporaryApp } from '../test/temporary-app.js';

let app: TemporaryApp;
afterEach(() => app.remove());

/** A tracing driver and a plugin that say when they are stopped; `stopping` is how the first one does it. */
async function appOf(stopping = ''): Promise<void> {
  const driver = (slot: string, value: string, stop = '') => {
    const open = `return { value: ${value}, stop: async () => { console.log("${slot} stops"); ${stop} } };`;
    return driverSource({ slot, name: slot, open }, '');
  };
  app = await temporaryApp(
    { 'tracing.mjs': driver('tracing', '{ startSpan() {} }', stopping), 'plugin.mjs': driver('plugin', '0') },
    ['@weft/registry-memory'],
  );
}

const program = (main: string, { options = '{}', before = '' } = {}) => `import { createHost } from '@weft/host';
const tracing = { driver: 'tracing', from: './tracing.mjs' };
const config = { registry: 'memory', tracing, plugins: ['./plugin.mjs'], logging: { level: 'error', pretty: false } };
const host = await createHost(config, ${options});
process.on('exit', (code) => console.log('exit', code));
${before}
await host.start();
setInterval(() => {}, 1000);
${main}`;

const thrown = "setTimeout(() => { throw new Error('the disk is gone, password=hunter22'); });";

describe('an exception that nobody catches', () => {
  it('is logged with its stack and no secrets; what was recorded is sent, and the process exits 1', async () => {
    await appOf();
    const { code, output } = await runHost(app, program(thrown));
    const lines = output.trim().split('\n');
    const [logged = '', ...more] = lines.filter((line) => line.startsWith('{'));
    expect([code, lines.filter((line) => line !== logged), more]).toEqual([1, ['tracing stops', 'exit 1'], []]);
    const { level, msg, error } = JSON.parse(logged);
    expect({ level, msg }).toEqual({ level: 'error', msg: 'Fatal: uncaught exception: the disk is gone, password=[redacted]' });
    expect(JSON.stringify(error)).toContain('main.mjs');
    expect(output).not.toContain('hunter22');
  });

  it('waits for what hangs meanwhile for 2 s, and a second one not at all', { timeout: 30_000 }, async () => {
    await appOf('await new Promise(() => {});');
    const hanging = await runHost(app, program(thrown));
    expect(hanging.code).toBe(1);
    expect(hanging.output).toContain('did not stop within 2 s');
    const twice = await runHost(app, program(`${thrown} setTimeout(() => { throw new Error('again'); }, 100);`));
    expect(twice.code).toBe(1);
    expect(twice.output).not.toContain('did not stop');
    expect(twice.output).not.toContain('again');
  });

  it.each([
    [
      'a process that minds them itself',
      { before: "process.on('uncaughtException', ({ message }) => { console.log('mine'); process.exit(3); });" },
      3,
    ],
    [
      'a host that leaves the process alone',
      {
        options: '{ signals: false }',
        before: "process.on('uncaughtException', () => { console.log('mine'); process.exit(3); });",
      },
      3,
    ],
  ])('is left to %s', async (_, around, expected) => {
    await appOf();
    const { code, output } = await runHost(app, program(thrown, around));
    expect([code, output]).toEqual([expected, 'mine\nexit 3\n']);
  });

  it('is nobody’s again once the host has stopped', async () => {
    await appOf();
    const { output } = await runHost(
      app,
      program("await host.stop(); console.log(process.listenerCount('uncaughtException')); process.exit(0);"),
    );
    expect(output).toContain('\n0\n');
  });
});
