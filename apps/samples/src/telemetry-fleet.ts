import { type ChildProcess, type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { TracingSection } from '@weft/host';

const PROGRAM = fileURLToPath(new URL('./telemetry-process.mjs', import.meta.url));
const NAMES = ['gateway', 'orders', 'users'] as const;

/** What the gateway answers. */
export interface Checkout {
  /** Of the whole request, as the gateway's span says it. */
  readonly traceId: string;
}

/** A gateway that calls orders and users, and orders that call users: three processes that trace and measure. */
export class TelemetryFleet {
  /** Where Prometheus fetches the metrics of each. */
  readonly metricsUrls: readonly string[];
  readonly #port: number;
  readonly #processes: readonly ChildProcess[];
  readonly #folder: string;

  private constructor(processes: readonly ChildProcess[], ready: readonly Ready[], folder: string) {
    this.metricsUrls = ready.map(({ metricsUrl }) => metricsUrl);
    this.#port = ready[0]?.port ?? 0;
    this.#processes = processes;
    this.#folder = folder;
  }

  /** Starts the three, which report all their spans as `reporter` says. */
  static async start(reporter: NonNullable<TracingSection['reporter']>): Promise<TelemetryFleet> {
    const folder = await mkdtemp(join(tmpdir(), 'weft-telemetry-'));
    const config = {
      registry: { driver: 'file', path: folder },
      tracing: { sampler: 1, reporter, queue: { interval: '50ms' } },
      metrics: { driver: 'otel', prometheus: { port: 0 } },
      policies: { 'orders GET /orders/:id': { timeout: '10s' } },
    };
    const processes = NAMES.map((name) => startProcess(name, JSON.stringify(config)));
    try {
      return new TelemetryFleet(processes, await Promise.all(processes.map(whenReady)), folder);
    } catch (error) {
      await Promise.all(processes.map(ended));
      throw error;
    }
  }

  /** One request from outside. */
  async checkout(id: string): Promise<Checkout> {
    const response = await fetch(`http://127.0.0.1:${this.#port}/checkout/${id}`);
    return (await response.json()) as Checkout;
  }

  /** Ends the processes as a deploy does; what they have traced is reported then. */
  async stop(): Promise<void> {
    await Promise.all(this.#processes.map(ended));
    await rm(this.#folder, { recursive: true, force: true });
  }
}

/** What a process tells when it serves. */
interface Ready {
  readonly port: number;
  readonly metricsUrl: string;
}

function startProcess(name: string, config: string): ChildProcessByStdio<Writable, Readable, null> {
  const env = { ...process.env, NAME: name, CONFIG: config };
  return spawn(process.execPath, [PROGRAM], { env, stdio: ['pipe', 'pipe', 'inherit'] });
}

function whenReady(child: ChildProcessByStdio<Writable, Readable, null>): Promise<Ready> {
  return new Promise((resolve, reject) => {
    const lines: string[] = [];
    let metricsUrl = '';
    const read = (line: string) => {
      lines.push(line);
      const { msg, url = '', port } = JSON.parse(line) as { msg: string; url?: string; port?: number };
      if (msg === 'metrics can be fetched') metricsUrl = url;
      if (msg === 'ready' && port !== undefined) resolve({ port, metricsUrl });
    };
    const ended = () => reject(new Error(`a process ended before it was ready:\n${lines.join('\n')}`));
    createInterface({ input: child.stdout }).on('line', read).on('close', ended);
  });
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  await gone;
}
