import { execFile } from 'node:child_process';

/** How a program is run. */
export interface RunProgramOptions {
  /** Its working directory. */
  readonly cwd?: string;
  /** Its environment, beside that of this process. */
  readonly env?: Readonly<Record<string, string>>;
  /** What it reads from its standard input; default: nothing. */
  readonly input?: string;
  /** It is killed if it takes longer, in milliseconds; default 60 s. */
  readonly timeoutMs?: number;
}

/**
 * Runs a program to its end.
 * @returns what it wrote to its standard output
 * @throws Error with what it wrote to both outputs, if it cannot be run, fails or takes too long
 */
export function runProgram(
  program: string,
  args: readonly string[],
  { cwd, env, input = '', timeoutMs = 60_000 }: RunProgramOptions = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = {
      cwd,
      env: { ...process.env, ...env },
      timeout: timeoutMs,
      killSignal: 'SIGKILL',
      maxBuffer: 64 << 20,
    } as const;
    const child = execFile(program, args, options, (error, stdout, stderr) => {
      if (!error) resolve(stdout);
      else reject(new Error(`${[program.split('/').at(-1), ...args].join(' ')}: ${reasonOf(error, stdout, stderr, timeoutMs)}`));
    });
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input);
  });
}

function reasonOf(error: Error & { killed?: boolean }, stdout: string, stderr: string, timeoutMs: number): string {
  const printed = `${stderr}${stdout}`.trim();
  if (error.killed) return `did not end within ${timeoutMs / 1_000} s. ${printed}`.trim();
  return printed || error.message;
}
