import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FoundServer } from './find-server.js';
import { isFree } from './free-ports.js';
import { freezeProcess } from './freeze-process.js';
import { runProgram } from './run-program.js';
import type { RunningServer } from './running-server.js';
import { ServerGuard } from './server-guard.js';
import type { ServerName } from './server-name.js';
import { type LaunchPlan, portOf, type ServerRecipe } from './server-recipe.js';

/** Everything that a launch needs to know. */
export interface Launch {
  /** What it is. */
  readonly name: ServerName;
  /** Its programs. */
  readonly found: FoundServer;
  /** How it is started. */
  readonly recipe: ServerRecipe;
  /** With which ports and files. */
  readonly plan: LaunchPlan;
  /** Arguments after those of the recipe. */
  readonly args: readonly string[];
  /** Its environment, beside that of this process. */
  readonly env: Readonly<Record<string, string>>;
}

const usualReadyMs = 30_000;
const stopWithinMs = 5_000;
const keptLines = 1_000;

/** A server as a process of its own session: a Ctrl-C in the terminal reaches us, not it. */
export class LaunchedServer implements RunningServer {
  readonly host = '127.0.0.1';
  readonly #launch: Launch;
  readonly #guard: ServerGuard;
  readonly #lines: string[] = [];
  #child: ChildProcess | undefined;
  #stopping: Promise<void> | undefined;

  /** Takes over the folder of the plan; `start` starts it. */
  constructor(launch: Launch) {
    this.#launch = launch;
    this.#guard = new ServerGuard(launch.plan.folder);
  }

  /** With which ports and files it is started. */
  get plan(): LaunchPlan {
    return this.#launch.plan;
  }

  get name(): ServerName {
    return this.#launch.name;
  }

  get version(): string {
    return this.#launch.found.version;
  }

  get port(): number {
    return portOf(this.#launch.plan, this.#launch.recipe.ports[0] ?? '');
  }

  get address(): string {
    return `${this.host}:${this.port}`;
  }

  get ports(): Readonly<Record<string, number>> {
    return this.#launch.plan.ports;
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  get folder(): string {
    return this.#launch.plan.folder;
  }

  get output(): readonly string[] {
    return this.#lines;
  }

  async start(): Promise<void> {
    if (this.#stopping) throw new Error(`${this.name} was stopped: start another one`);
    if (isRunning(this.#child)) throw new Error(`${this.name} is running already`);
    await this.#findPortsFree();
    const { plan, recipe, found } = this.#launch;
    if (plan.data === 'memory') this.#empty();
    mkdirSync(join(this.folder, 'data'), { recursive: true });
    const child = spawn(found.program, [...(found.firstArgs ?? []), ...recipe.args(plan), ...this.#launch.args], {
      cwd: this.folder,
      env: { ...process.env, ...found.env, ...this.#launch.env },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) {
      if (stream) createInterface({ input: stream }).on('line', (line) => this.#keep(line));
    }
    child.once('error', (error) => this.#keep(error.message));
    child.once('exit', () => this.#guard.forget());
    if (child.pid !== undefined) this.#guard.watch(child.pid);
    await this.#ready(child);
  }

  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  async pause(): Promise<void> {
    if (isRunning(this.#child)) await freezeProcess(this.pid);
  }

  resume(): void {
    this.#child?.kill('SIGCONT');
  }

  async ended(): Promise<void> {
    if (isRunning(this.#child)) await once(this.#child, 'exit');
  }

  async restart({ empty = false }: { readonly empty?: boolean } = {}): Promise<void> {
    await this.kill();
    if (empty) this.#empty();
    await this.start();
  }

  async run(args: readonly string[], { input = '' }: { readonly input?: string } = {}): Promise<string> {
    const { recipe, plan, found } = this.#launch;
    const tool = recipe.tool(plan, args);
    return runProgram(found.tool, tool.args, { cwd: this.folder, env: { ...found.env, ...tool.env }, input, timeoutMs: 15_000 });
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #stop(): Promise<void> {
    this.resume();
    await this.#end(this.#launch.recipe.stopSignal);
    await this.#guard.close();
  }

  /** SIGKILL follows if the signal is not enough. */
  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    if (!child || !isRunning(child)) return;
    const gone = once(child, 'exit');
    child.kill(signal);
    const limit = setTimeout(() => child.kill('SIGKILL'), stopWithinMs);
    await gone;
    clearTimeout(limit);
  }

  /** Otherwise whoever has the port would answer our probe, before our own server finds out. */
  async #findPortsFree(): Promise<void> {
    for (const [name, port] of Object.entries(this.ports)) {
      if (!(await isFree(port))) throw new Error(`${this.name}: port ${port} (${name}): address already in use`);
    }
  }

  async #ready(child: ChildProcess): Promise<void> {
    const { recipe, plan } = this.#launch;
    const { readyWithinMs = usualReadyMs } = recipe;
    const lastAt = Date.now() + readyWithinMs;
    while (!(await recipe.isReady(plan).catch(() => false))) {
      if (!isRunning(child) || Date.now() > lastAt) {
        const what = isRunning(child) ? `was not ready within ${readyWithinMs / 1_000} s` : 'ended before it was ready';
        await this.kill();
        await Promise.race([once(child, 'close'), sleep(500)]);
        throw new Error(`${this.name} ${this.version} ${what}:\n${this.#lines.slice(-25).join('\n')}`);
      }
      await sleep(20);
    }
  }

  #empty(): void {
    rmSync(join(this.folder, 'data'), { recursive: true, force: true });
  }

  #keep(line: string): void {
    this.#lines.push(line);
    if (this.#lines.length > keptLines) this.#lines.shift();
  }
}

function isRunning(child: ChildProcess | undefined): child is ChildProcess {
  return child?.pid !== undefined && child.exitCode === null && child.signalCode === null;
}
