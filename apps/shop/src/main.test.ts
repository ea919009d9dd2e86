import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describeOn, OtlpReceiver } from '@weft-tooling/servers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const SHOP_SIZE = 6;

let folder: string;
let tour: ChildProcess;
let output: string;

function start(args: readonly string[] = [], env: Readonly<Record<string, string>> = {}): ChildProcess {
  output = '';
  tour = spawn(process.execPath, [MAIN, ...args], { env: { ...process.env, TMPDIR: folder, ...env } });
  for (const stream of [tour.stdout, tour.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  return tour;
}

async function codeOf(child: ChildProcess): Promise<number | null> {
  return (await once(child, 'close'))[0];
}

/** The processes that the tour has started. */
function childrenOf({ pid }: ChildProcess): number[] {
  const table = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,args='], { encoding: 'utf8' }).trim().split('\n');
  const rows = table.map((row) => row.trim().split(/\s+/));
  return rows.filter(([, parent, program]) => Number(parent) === pid && program === process.execPath).map(([own]) => Number(own));
}

/** What the tour works in; beside it lies the cache of compiled TypeScript, which is meant to stay. */
const folders = () => readdirSync(folder).filter((name) => name.startsWith('weft-shop-'));

async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

async function started(): Promise<number[]> {
  start();
  await expect.poll(() => output, { timeout: 50_000 }).toContain('traffic:');
  const children = childrenOf(tour);
  expect(children).toHaveLength(SHOP_SIZE);
  return children;
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'weft-tour-'));
});

afterEach(() => {
  tour.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
});

describe('The tour', () => {
  it('says what it takes', async () => {
    expect(await codeOf(start(['--help']))).toBe(0);
    expect(output).toMatch(/--registry NAME.*consul, etcd or redis.*--telemetry NAME.*--report FILE.*--keep/s);
  });

  it('refuses what it does not know', async () => {
    expect(await codeOf(start(['--kep']))).toBe(2);
    expect(output).toMatch(/^Unknown option '--kep'.*--keep/s);
    expect(output).not.toContain('    at ');
    expect(await codeOf(start(['--registry', 'reddis']))).toBe(2);
    expect(output).toMatch(/^--registry: unknown registry "reddis"\. Known: file, consul, etcd, redis\. Did you mean "redis"\?/);
  });

  it('says why there is no server, and what can be done', async () => {
    expect(await codeOf(start(['--registry', 'etcd'], { WEFT_SERVERS: 'off' }))).toBe(1);
    expect(output).toMatch(/The tour broke off: no etcd here: WEFT_SERVERS is off\n.*on PATH, or .*without --registry/);
  });

  it('says why there is no back end for telemetry, and what can be done', async () => {
    expect(await codeOf(start(['--telemetry', 'promtheus']))).toBe(2);
    expect(output).toMatch(/^--telemetry: unknown back end "promtheus"\. Known: zipkin, .*Did you mean "prometheus"\?/);
    expect(await codeOf(start(['--telemetry', 'prometheus'], { WEFT_SERVERS: 'off' }))).toBe(1);
    expect(output).toMatch(/The tour broke off: no prometheus here: WEFT_SERVERS is off\n.*on PATH, or .*without --telemetry/);
    const nobody = { OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${await closedPort()}` };
    expect(await codeOf(start(['--telemetry', 'otlp'], nobody))).toBe(1);
    expect(output).toMatch(
      /no collector takes OTLP at http:\/\/127\.0\.0\.1:\d+\/v1\/traces: .*ECONNREFUSED.*\n.*without --telemetry/,
    );
    expect(folders()).toEqual([]);
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('leaves nothing behind when it is ended by %s', async (signal, code) => {
    const children = await started();
    tour.kill(signal);
    expect(await codeOf(tour)).toBe(code);
    await expect.poll(() => [children.filter(isAlive), folders()]).toEqual([[], []]);
  });

  it('leaves no process behind when it is killed', async () => {
    const children = await started();
    tour.kill('SIGKILL');
    await expect.poll(() => children.filter(isAlive), { timeout: 20_000 }).toEqual([]);
  });

  it('shows what an instance said that did not start', async () => {
    expect(await codeOf(start([], { SHOP_PORT: '70000' }))).toBe(1);
    expect(output).toMatch(/ended while starting:.*service\.port/s);
    expect(folders()).toEqual([]);
  });
});

describe('The tour with a collector', () => {
  it('holds, shows which traces were kept, and passes spans and metrics of all processes on', async () => {
    const collector = await OtlpReceiver.open();
    try {
      const env = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url };
      expect(await codeOf(start(['--telemetry', 'otlp'], env)), output).toBe(0);
      expect(output).toMatch(/kept 40 of 40 failed requests at sampler 0\.1, which had chosen \d+ of them/);
      expect(output).toMatch(
        /\d+ processes have pushed [1-9]\d* points of service\.requests, .*[1-9]\d* points of service\.call_/,
      );
      expect(new Set(collector.requests.map(({ path }) => path))).toEqual(new Set(['/v1/traces', '/v1/metrics']));
      expect(collector.spansOf('users').length).toBeGreaterThan(0);
    } finally {
      await collector.close();
    }
  }, 180_000);
});

describeOn('redis', describe)('The tour on a server', () => {
  it('holds while that is its registry and its config center, is killed, and forgets everything', async () => {
    const file = join(folder, 'report.json');
    expect(await codeOf(start(['--registry', 'redis', '--report', file])), output).toBe(0);
    const { registry, checks, failed } = JSON.parse(readFileSync(file, 'utf8'));
    expect([registry, checks.length, failed]).toEqual(['redis', 17, 0]);
    expect(output).toMatch(
      /kill -9 of an orders instance: no order fails, none is placed twice.*redis is killed for 10 s: no call is lost/s,
    );
    expect(output).toMatch(/gateway-1 +POST \/orders +\| *=+ *\| +[\d.]+ ms {2}201.*users-\d +GET \/users\/:id +\|/s);
    expect(output).toMatch(/gateway -> orders +\d+ calls, \d+ failed, p95 [\d.]+ ms.*6 processes, all have counted/s);
    expect(output).toMatch(/GET users\/users\/\d+ failed with WEFT_\w+ after .*candidate users-1 1\.0\.0 at .*try 1: users-\d/s);
  }, 180_000);
});
