import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** How a program ended. */
export interface ProgramRun {
  /** Exit code; null when a signal ended it. */
  readonly code: number | null;
  /** What it wrote, the last line read as JSON. */
  readonly told: unknown;
  /** What it wrote to stderr. */
  readonly complaints: string;
}

/** Runs a program of this folder until it ends by itself. @throws Error with its complaints when its last line is no JSON */
export async function runProgram(
  file: string,
  env: Readonly<Record<string, string>>,
  nodeOptions: readonly string[] = [],
): Promise<ProgramRun> {
  const program = fileURLToPath(new URL(file, import.meta.url));
  const child = spawn(process.execPath, [...nodeOptions, program], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [output, complaints] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaints += text));
  const [code] = (await once(child, 'close')) as [number | null];
  const last = output.trim().split('\n').at(-1) ?? '';
  if (!last.startsWith('{')) throw new Error(`${file} ended with ${code}: ${output}${complaints}`);
  return { code, told: JSON.parse(last), complaints };
}
