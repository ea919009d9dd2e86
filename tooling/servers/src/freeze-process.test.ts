import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { describe, expect, it } from 'vitest';
import { freezeProcess } from './freeze-process.js';

/** Its main thread rests; two others say without a pause what the monotonic clock shows, which is the same for all processes. */
const WORKER = `const { writeSync } = require('node:fs');
  for (;;) {
    const now = process.hrtime.bigint();
    writeSync(1, now + '\\n');
    while (process.hrtime.bigint() < now + 200_000n);
  }`;
const PROGRAM = `const { Worker } = require('node:worker_threads');
  for (let n = 0; n < 2; n++) new Worker(${JSON.stringify(WORKER)}, { eval: true });`;

describe('freezeProcess', () => {
  it('resolves when no thread of it runs any more', async () => {
    const child = spawn(process.execPath, ['-e', PROGRAM], { stdio: ['ignore', 'pipe', 'inherit'] });
    const exited = once(child, 'exit');
    let lastSaid = 0n;
    createInterface({ input: child.stdout }).on('line', (line) => {
      const at = BigInt(line);
      if (at > lastSaid) lastSaid = at;
    });
    try {
      for (let round = 0; round < 40; round++) {
        const before = lastSaid;
        await expect.poll(() => lastSaid, { interval: 5, timeout: 5_000 }).toBeGreaterThan(before);
        await freezeProcess(child.pid ?? 0);
        const frozenAt = process.hrtime.bigint();
        await new Promise((resolve) => setTimeout(resolve, 20));
        expect(lastSaid).toBeLessThan(frozenAt);
        child.kill('SIGCONT');
      }
    } finally {
      child.kill('SIGKILL');
      await exited;
    }
  });

  it('resolves for a process that is gone before it stops', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1_000)']);
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await freezeProcess(child.pid ?? 0);
    await exited;
  });
});
