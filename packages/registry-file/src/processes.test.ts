import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seededRandom } from '@weft/conformance';
import { sleep, systemClock } from '@weft/core';
import { Registry } from '@weft/registry';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openFileRegistry } from './index.js';

const SEED = 5;
let path = '';
const children: ChildProcess[] = [];

beforeEach(() => {
  path = mkdtempSync(join(tmpdir(), 'weft-processes-'));
});
afterEach(async () => {
  for (const child of children.splice(0)) await kill(child);
  rmSync(path, { recursive: true, force: true });
});

/** Runs a program beside the built package; resolves when it has said that it is ready. */
async function run(program: string): Promise<ChildProcess> {
  const options = { cwd: join(import.meta.dirname, '..'), env: { ...process.env, FOLDER: path } };
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    ...options,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  await once(child.stdout, 'data');
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}

const provider = (id: string) => `
  import { openFileRegistry } from '@weft/registry-file';
  import { Registry } from '@weft/registry';
  const registry = new Registry(await openFileRegistry({ path: process.env.FOLDER }), { ttl: '30s' });
  await registry.register({ name: 'users', id: '${id}', port: 8080 });
  setInterval(() => {}, 1000);
  console.log('ready');
`;

const restlessWriter = `
  import { openFileRegistry } from '@weft/registry-file';
  const driver = await openFileRegistry({ path: process.env.FOLDER });
  const record = { id: 'restless', name: 'users', version: '1', host: '127.0.0.1', endpoints: [{ protocol: 'http', port: 1 }],
    status: 'up', incarnation: '1', weight: 1, tags: [] };
  for (let turn = 0; ; turn++) {
    if (turn === 1) console.log('ready');
    await driver.put({ ...record, metadata: { text: String(turn).repeat(1000) } }, { ttlMs: 30000, signal: new AbortController().signal });
  }
`;

const asker = `
  import { openFileRegistry } from '@weft/registry-file';
  import { Registry } from '@weft/registry';
  import { writeFileSync } from 'node:fs';
  writeFileSync(process.env.FOLDER + '/registry', 'in the way');
  const registry = new Registry(await openFileRegistry({ path: process.env.FOLDER }), { timeout: '300ms' });
  await registry.getService('users').catch((error) => console.log(error.code, error.cause.code));
  await registry.close();
`;

describe('a process that only waits for an answer', () => {
  it('lives until the answer is there, and no longer', async () => {
    const child = spawn(process.execPath, ['--input-type=module', '--eval', asker], {
      cwd: join(import.meta.dirname, '..'),
      env: { ...process.env, FOLDER: path },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    children.push(child);
    const said: string[] = [];
    child.stdout.on('data', (chunk) => void said.push(String(chunk)));
    expect(await once(child, 'close')).toEqual([0, null]);
    expect(said.join('')).toBe('WEFT_NO_INSTANCE WEFT_REGISTRY_UNAVAILABLE\n');
  });
});

describe('processes of one machine', () => {
  it('see each other come, and go within a second when killed, though the TTL is 30 s (R2)', async () => {
    const registry = new Registry(await openFileRegistry({ path }));
    const view = registry.view('users');
    await view.ready(5_000);
    const [first] = [await run(provider('first')), await run(provider('second'))];
    const ids = () => view.instances.map(({ id }) => id).sort();
    await vi.waitFor(() => expect(ids()).toEqual(['first', 'second']), 20_000);
    first.kill('SIGKILL');
    await vi.waitFor(() => expect(ids()).toEqual(['second']), 5 * 1_000);
    expect(readdirSync(join(path, 'registry', 'users'))).toEqual(['second.json']);
    await registry.close();
  });

  it('never read half a record, however often a writer is killed', async () => {
    const random = seededRandom(SEED);
    const driver = await openFileRegistry({ path });
    const folder = join(path, 'registry', 'users');
    let looks = 0;
    for (let round = 0; round < 8; round++) {
      const child = await run(restlessWriter);
      const killed = sleep(random() * 60, systemClock).then(() => kill(child));
      for (let isOver = false; !isOver; looks++) {
        isOver = child.signalCode !== null;
        for (const file of readdirSync(folder).filter((name) => name.endsWith('.json'))) {
          const text = readIfThere(join(folder, file));
          if (text !== undefined) expect(() => JSON.parse(text), `seed ${SEED}, round ${round}`).not.toThrow();
        }
        for (const { host } of await driver.list('users', { signal: new AbortController().signal }))
          expect(host).toBe('127.0.0.1');
      }
      await killed;
    }
    expect(looks).toBeGreaterThan(8);
    expect(await driver.list('users', { signal: new AbortController().signal })).toEqual([]);
    await driver.close();
  });
});

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
