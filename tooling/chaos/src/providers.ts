import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Registry } from '@weft/registry';
import { openFileRegistry } from '@weft/registry-file';

const PROVIDER = fileURLToPath(new URL('./provider.mjs', import.meta.url));

/** One provider that runs as a process of its own. */
export interface Provider {
  readonly id: string;
  readonly process: ChildProcess;
  readonly port: number;
  readonly lines: string[];
}

/** Providers as real processes on a file registry of their own, and the caller's registry on the same folder. */
export class Providers {
  readonly registry: Registry;
  readonly running = new Map<string, Provider>();
  /** The registry's folder. */
  readonly folder: string;
  readonly #env: Readonly<Record<string, string>>;

  private constructor(registry: Registry, folder: string, env: Readonly<Record<string, string>>) {
    this.registry = registry;
    this.folder = folder;
    this.#env = env;
  }

  /** Starts `count` providers, `things-1` and up. `env` goes to each: DELAY_MS, TTL. */
  static async start(count: number, env: Readonly<Record<string, string>> = {}): Promise<Providers> {
    const folder = await mkdtemp(join(tmpdir(), 'weft-scenario-'));
    const registry = new Registry(await openFileRegistry({ path: folder }));
    const providers = new Providers(registry, folder, env);
    await Promise.all(Array.from({ length: count }, (_, n) => providers.add(`things-${n + 1}`)));
    await providers.untilListed(count);
    return providers;
  }

  /** Starts one more, and resolves when it serves. */
  async add(id: string): Promise<Provider> {
    const env = { ...process.env, ...this.#env, WEFT_DIR: this.folder, ID: id };
    const child = spawn(process.execPath, [PROVIDER], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    const lines: string[] = [];
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => lines.push(text));
    const [first] = (await Promise.race([
      once(child.stdout, 'data'),
      once(child, 'exit').then(() => Promise.reject(new Error(`${id} ended while starting: ${lines.join('')}`))),
    ])) as [string];
    const provider = { id, process: child, port: (JSON.parse(first.split('\n')[0] ?? '') as { port: number }).port, lines };
    this.running.set(id, provider);
    return provider;
  }

  /** Sends a signal to one of them. */
  signal(id: string, signal: NodeJS.Signals): void {
    this.#get(id).process.kill(signal);
  }

  /** Sends SIGTERM, and resolves to the exit code. */
  async leave(id: string): Promise<number | null> {
    const { process: child } = this.#get(id);
    this.running.delete(id);
    const exited = once(child, 'exit') as Promise<[number | null]>;
    child.kill('SIGTERM');
    return (await exited)[0];
  }

  /** Resolves when the registry lists just `count` instances as up; rejects after 20 s. */
  async untilListed(count: number): Promise<void> {
    for await (const { instances } of this.registry.watch('things', { signal: AbortSignal.timeout(20_000) })) {
      if (instances.filter(({ status }) => status === 'up').length === count) return;
    }
    throw new Error(`the registry did not list ${count} instances within 20 s`);
  }

  /** Ends everything and removes the folder. */
  async stop(): Promise<void> {
    for (const { process: child } of this.running.values()) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    }
    await this.registry.close();
    await rm(this.folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
  }

  #get(id: string): Provider {
    const provider = this.running.get(id);
    if (!provider) throw new Error(`${id} does not run`);
    return provider;
  }
}
