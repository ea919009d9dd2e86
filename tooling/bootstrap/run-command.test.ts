import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { captureCommand } from './run-command.mjs';

describe('captureCommand', () => {
  it('brings back what was printed, and the exit code as a shell counts it', async () => {
    expect(await captureCommand(process.execPath, ['-e', "console.log('out'); process.exitCode = 3"])).toEqual({
      code: 3,
      output: 'out\n',
    });
    expect(await captureCommand(process.execPath, ['-e', "process.kill(process.pid, 'SIGTERM')"])).toEqual({
      code: 143,
      output: '',
    });
    expect(await captureCommand('no-such-program', [])).toEqual({
      code: 127,
      output: expect.stringContaining('no-such-program'),
    });
  });
});

describe('runCommand', () => {
  it('hands signals on and ends with the exit code of the program', async () => {
    const program = "process.on('SIGTERM', () => process.exit(7)); setInterval(() => {}, 1000); console.log('ready')";
    const module = JSON.stringify(new URL('run-command.mjs', import.meta.url));
    const script = `import(${module}).then((m) => m.runCommand(process.execPath, ['-e', ${JSON.stringify(program)}])).then((code) => process.exit(code))`;
    const parent = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(parent.stdout, 'data');
    parent.kill('SIGTERM');
    expect(await once(parent, 'exit')).toEqual([7, null]);
  });
});
