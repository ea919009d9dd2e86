import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

/** What a program beside the built package prints, and how it ends; it has nothing else that keeps it alive. */
function run(program: string): Promise<{ readonly said: string; readonly code: number }> {
  const options = { cwd: join(import.meta.dirname, '..'), timeout: 20_000 };
  return new Promise((resolve) => {
    const child = execFile(process.execPath, ['--input-type=module', '--eval', program], options, (_, said, complaint) =>
      resolve({ said: said + complaint, code: child.exitCode ?? -1 }),
    );
  });
}

/** A driver whose answers come late, by timers that do not keep a process alive; only `config/a` exists. */
const setUp = `
  import { sleep, systemClock } from '@weft/core';
  import { ConfigClient } from '@weft/config';
  const answer = async (value) => (await sleep(100, systemClock), value);
  const entry = { key: 'config/a', text: '1' };
  const driver = {
    supports: { propagationMs: 100, multiProcess: false, history: false, compareAndSet: false },
    get: (key) => answer(key === 'config/a' ? entry : undefined),
    set: () => answer(),
    remove: () => answer(),
    list: () => answer([entry]),
    async *watch(prefix, { signal }) {
      yield await answer({ list: [entry] });
      await sleep(1e9, systemClock, signal);
    },
    close: async () => {},
  };
  const config = new ConfigClient(driver, { timeout: '500ms' });
  const control = new AbortController();
  const later = (run) => systemClock.setTimer(300, run);
`;

const reading = `
  for await (const value of config.watch('a', { signal: control.signal })) console.log(value);
  console.log('ended');
`;

describe('a process that only waits for the config center', () => {
  it('lives until the answer is there', async () => {
    const program = `${setUp}
      console.log(await config.get('a'), await config.require('a'), await config.list());
      await config.set('a', 2);
      await config.remove('a');
      console.log('done');
    `;
    expect(await run(program)).toEqual({ said: '1 1 { a: 1 }\ndone\n', code: 0 });
  });

  it('lives until a backend that says nothing is given up, and until a write that nobody sees is done', async () => {
    const program = `${setUp}
      await config.watch('a').next();
      await config.set('a', 3);
      driver.set = () => new Promise(() => {});
      await config.set('a', 2).catch((error) => console.log(error.message));
    `;
    const said = 'writing "config/a": no answer from the config center within 500 ms\n';
    expect(await run(program)).toEqual({ said, code: 0 });
  });
});

describe('a process that only reads a watch', () => {
  it.each([
    ['the client is closed', 'void config.close()'],
    ['the signal is aborted', 'control.abort()'],
  ])(
    'lives on until %s, and no longer',
    async (_, end) => {
      expect(await run(`${setUp} later(() => { ${end} }); ${reading}`)).toEqual({ said: '1\nended\n', code: 0 });
    },
    30_000,
  );
});
