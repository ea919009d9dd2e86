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

const setUp = `
  import { FakeRegistry, instanceRecord } from '@weft/conformance';
  import { systemClock } from '@weft/core';
  import { Registry } from '@weft/registry';
  const driver = new FakeRegistry(systemClock);
  const registry = new Registry(driver);
  const control = new AbortController();
  const later = (run) => systemClock.setTimer(200, run);
`;

const reading = `
  for await (const { type } of registry.watch('users', { signal: control.signal })) console.log(type);
  console.log('ended');
`;

describe('a process that only reads a watch', () => {
  it('lives on until the registry is closed, and no longer', async () => {
    const put = `driver.emit({ put: instanceRecord('a') }, 'users'); later(() => void registry.close());`;
    expect(await run(`${setUp} later(() => { ${put} }); ${reading}`)).toEqual({ said: 'snapshot\nadded\nended\n', code: 0 });
  });

  it('lives on until the signal is aborted, though the registry stays open', async () => {
    expect(await run(`${setUp} later(() => control.abort()); ${reading}`)).toEqual({ said: 'snapshot\nended\n', code: 0 });
  });

  it('ends when it has left the loop, though the registry stays open', async () => {
    const program = `${setUp} for await (const { type } of registry.watch('users')) { console.log(type); break; }`;
    expect(await run(program)).toEqual({ said: 'snapshot\n', code: 0 });
  });
});

describe('a process that only looks at a view', () => {
  it('is not kept alive by what goes on in the background', async () => {
    expect(await run(`${setUp} registry.view('users').onChange(() => {}); registry.announce({ name: 'a', port: 1 });`)).toEqual({
      said: '',
      code: 0,
    });
  });
});
