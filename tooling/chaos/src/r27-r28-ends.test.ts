import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runProgram } from './program-run.js';
import { Providers } from './providers.js';

describe('programs that end by themselves', () => {
  let providers: Providers;
  let REGISTRY: string;
  beforeAll(async () => {
    providers = await Providers.start(2, { DELAY_MS: '1000', TTL: '30s' });
    REGISTRY = JSON.stringify({ driver: 'file', path: providers.folder });
  });
  afterAll(() => providers.stop());

  it('R27 close() of a caller waits for its calls; then nothing keeps the process, and nobody has complained', async () => {
    const { code, told, complaints } = await runProgram('caller.mjs', { REGISTRY, CALLS: '50' });
    expect([code, complaints]).toEqual([0, '']);
    const { closeMs, outcomes, refused } = told as { closeMs: number; outcomes: unknown[]; refused: string };
    expect(outcomes).toEqual(Array(50).fill(200));
    expect(closeMs).toBeGreaterThan(500);
    expect(refused).toBe('WEFT_CLOSED');
  });

  it('R27 close() ends with the calls when nobody answers them', async () => {
    await Promise.all([...providers.running.keys()].map((id) => providers.freeze(id)));
    const run = runProgram('caller.mjs', { REGISTRY, CALLS: '50', TIMEOUT: '1s' });
    const { code, told, complaints } = await run.finally(() => {
      for (const id of providers.running.keys()) providers.signal(id, 'SIGCONT');
    });
    expect([code, complaints]).toEqual([0, '']);
    const { closeMs, outcomes } = told as { closeMs: number; outcomes: unknown[] };
    expect(outcomes).toEqual(Array(50).fill('WEFT_DEADLINE_EXCEEDED'));
    expect(closeMs).toBeLessThan(5_000);
  });

  it('R28 a host that is started and stopped a hundred times leaves no handle, timer, listener or memory behind', async () => {
    const env = { REGISTRY: JSON.stringify({ driver: 'file', path: `${providers.folder}/cycles` }), CYCLES: '100' };
    const { code, told, complaints } = await runProgram('cycles.mjs', env, ['--expose-gc']);
    expect([code, complaints]).toEqual([0, '']);
    type Left = { resources: number; listeners: number; heapBytes: number };
    const { before, after } = told as { before: Left; after: Left };
    expect(after.resources).toBeLessThanOrEqual(before.resources);
    expect(after.listeners).toBe(before.listeners);
    expect(after.heapBytes - before.heapBytes).toBeLessThan(10_000_000);
  });
});
