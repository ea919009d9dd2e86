import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Registry } from '@weft/registry';
import { openFileRegistry } from '@weft/registry-file';
import { freezeProcess } from '@weft-tooling/servers';

const PROVIDER = fileURLToPath(new URL('./provider.mjs', import.meta.url));
const LISTED_WITHIN_MS = 20_000;

/** One provider that runs as a process of its own. */
export interface Provider {
  readonly id: string;
  readonly process: ChildProcess;
  readonly port: number;
  /** Where its metrics are fetched; with METRICS=yes alone. */
  readonly metricsUrl?: string | undefined;
  readonly lines: string[];
}

/** Where providers and their caller meet. */
export interface MeetingPlace {
  /** The caller's registry. */
  readonly registry: Registry;
  /** The `registry` block of the providers' configs. */
  readonly block: Readonly<Record<string, unknown>>;
  /** The folder behind it, when it is files. */
  readonly folder?: string;
  /** Gives it back. */
  close(): Promise<void>;
}

/** What a provider says about its own record. */
export interface OwnRegistration {
  /** Whether it believes itself to be registered. */
  readonly isRegistered: boolean;
  /** `lost`, `restored`, `conflict`, each with its instant in ms since 1970. */
  readonly told: readonly { readonly event: string; readonly at: number }[];
}

/** How a provider answers. */
export interface Behaviour {
  /** Before each answer; 20 unless the environment says otherwise. */
  readonly delayMs?: number;
  /** Of each answer; 200 and 201 unless set. */
  readonly status?: number;
}

/** Providers as real processes, and the caller's registry at the place where they meet. */
export class Providers {
  readonly running = new Map<string, Provider>();
  /** Everything that any of them has written, those that have ended included. */
  readonly said: string[] = [];
  readonly #place: MeetingPlace;
  readonly #env: Readonly<Record<string, string>>;

  private constructor(place: MeetingPlace, env: Readonly<Record<string, string>>) {
    this.#place = place;
    this.#env = env;
  }

  /** The caller's registry. */
  get registry(): Registry {
    return this.#place.registry;
  }

  /** The folder of a file registry. */
  get folder(): string {
    return this.#place.folder ?? '';
  }

  /** Starts `count` providers, `things-1` and up, on a file registry of their own. `env` goes to each: DELAY_MS, TTL, METRICS. */
  static async start(count: number, env: Readonly<Record<string, string>> = {}): Promise<Providers> {
    return Providers.on(await openFilePlace(env.TTL), count, env);
  }

  /** Starts `count` providers where the caller is already; `stop` closes the place. */
  static async on(place: MeetingPlace, count: number, env: Readonly<Record<string, string>> = {}): Promise<Providers> {
    const providers = new Providers(place, env);
    try {
      await Promise.all(Array.from({ length: count }, (_, n) => providers.add(`things-${n + 1}`)));
      if (count > 0) await providers.untilListed(count);
      return providers;
    } catch (error) {
      await providers.stop();
      throw error;
    }
  }

  /**
   * Starts one more, and resolves when it serves; `block` replaces members of its `registry` block, `own` goes to it alone. A
   * second one of an id is kept beside the first.
   */
  async add(
    id: string,
    block: Readonly<Record<string, unknown>> = {},
    own: Readonly<Record<string, string>> = {},
  ): Promise<Provider> {
    const { key, provider } = this.#spawn(id, block, own);
    const told = await lineTold(provider, /\{"ready":true,"port":(\d+)(?:,"metrics":"([^"]+)")?\}/).catch((error: unknown) => {
      this.running.delete(key);
      throw error;
    });
    const serving = { ...provider, port: Number(told[1]), metricsUrl: told[2] };
    this.running.set(key, serving);
    return serving;
  }

  /** Starts one more, and resolves when it has just begun to start; it has no port yet. */
  async begin(id: string, own: Readonly<Record<string, string>> = {}): Promise<Provider> {
    const { provider } = this.#spawn(id, {}, own);
    await lineTold(provider, /\{"starting":true\}/);
    return provider;
  }

  /** What a provider says about its own record, asked past the registry. */
  async registrationOf({ port }: Provider): Promise<OwnRegistration> {
    const reply = await fetch(`http://127.0.0.1:${port}/registration`, { signal: AbortSignal.timeout(5_000) });
    return (await reply.json()) as OwnRegistration;
  }

  /** Says how some of them behave from now on; the others, and all with `[]`, as at first. What they have seen is forgotten. */
  async behave(ids: readonly string[], behaviour: Behaviour = {}): Promise<void> {
    const tell = async ({ id, port }: Provider) => {
      const body = JSON.stringify(ids.includes(id) ? behaviour : {});
      const headers = { 'content-type': 'application/json' };
      await fetch(`http://127.0.0.1:${port}/behaviour`, { method: 'PUT', headers, body });
    };
    await Promise.all([...this.running.values()].map(tell));
  }

  /** The calls of things that one of them has seen, by method. */
  async seenBy(id: string): Promise<Readonly<Record<'GET' | 'POST', number>>> {
    const reply = await fetch(`http://127.0.0.1:${this.get(id).port}/seen`);
    return (await reply.json()) as Record<'GET' | 'POST', number>;
  }

  /** Sends SIGSTOP, and resolves when it stands still. `signal(id, 'SIGCONT')` lets it go on. */
  async freeze(id: string): Promise<void> {
    const { pid } = this.get(id).process;
    if (pid !== undefined) await freezeProcess(pid);
  }

  /** Sends a signal to one of them. */
  signal(id: string, signal: NodeJS.Signals): void {
    this.get(id).process.kill(signal);
  }

  /** Sends SIGKILL, and resolves when it is gone. */
  async kill(id: string): Promise<void> {
    const { process: child } = this.get(id);
    this.running.delete(id);
    await killed(child);
  }

  /** Sends SIGTERM, and resolves to the exit code when all is heard that it has said. */
  async leave(id: string): Promise<number | null> {
    const { process: child } = this.get(id);
    this.running.delete(id);
    const closed = once(child, 'close') as Promise<[number | null]>;
    child.kill('SIGTERM');
    return (await closed)[0];
  }

  /** Resolves when the registry lists just `count` instances as up; rejects after 20 s. */
  async untilListed(count: number): Promise<void> {
    let seen = 'nothing';
    for await (const { instances } of this.registry.watch('things', { signal: AbortSignal.timeout(LISTED_WITHIN_MS) })) {
      if (instances.filter(({ status }) => status === 'up').length === count) return;
      seen = instances.map(({ id, status }) => `${id} ${status}`).join(', ');
    }
    throw new Error(`the registry did not list ${count} instances within 20 s, but ${seen}`);
  }

  /** Ends everything. */
  async stop(): Promise<void> {
    await Promise.all([...this.running.values()].map(({ process: child }) => killed(child)));
    this.running.clear();
    await this.#place.close();
  }

  /** One that runs. */
  get(id: string): Provider {
    const provider = this.running.get(id);
    if (!provider) throw new Error(`${id} does not run`);
    return provider;
  }

  #spawn(id: string, block: Readonly<Record<string, unknown>>, own: Readonly<Record<string, string>>) {
    const registry = JSON.stringify({ ...this.#place.block, ...block });
    const env = { ...process.env, ...this.#env, ...own, REGISTRY: registry, ID: id };
    const child = spawn(process.execPath, [PROVIDER], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    const lines: string[] = [];
    const hear = (text: string) => {
      lines.push(text);
      this.said.push(text);
    };
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', hear);
    const key = this.running.has(id) ? `${id}#${child.pid}` : id;
    const provider: Provider = { id, process: child, port: 0, lines };
    this.running.set(key, provider);
    return { key, provider };
  }
}

async function openFilePlace(ttl = '3s'): Promise<MeetingPlace> {
  const folder = await mkdtemp(join(tmpdir(), 'weft-scenario-'));
  const registry = new Registry(await openFileRegistry({ path: folder }));
  return {
    registry,
    folder,
    block: { driver: 'file', path: folder, ttl },
    async close() {
      await registry.close();
      await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
    },
  };
}

/** What a provider says about its start, as soon as it does. @throws Error with what it said when it ends before */
async function lineTold({ id, process: child, lines }: Provider, line: RegExp): Promise<RegExpMatchArray> {
  const ended = once(child, 'exit').then(() => Promise.reject(new Error(`${id} ended while starting: ${lines.join('')}`)));
  ended.catch(() => {});
  for (;;) {
    const told = lines.join('').match(line);
    if (told) return told;
    if (child.stdout) await Promise.race([once(child.stdout, 'data'), ended]);
  }
}

async function killed(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const closed = once(child, 'close');
  child.kill('SIGKILL');
  await closed;
}
