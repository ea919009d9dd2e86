import { type CliIo, run } from '../src/index.js';

/** A command line that was run, and what it wrote. */
export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs one command line with its output kept. */
export async function weft(argv: readonly string[], io: Partial<CliIo> = {}): Promise<Ran> {
  const [stdout, stderr] = [kept(), kept()];
  const code = await run(argv, { stdout, stderr, env: {}, ...io });
  return { code, stdout: stdout.text(), stderr: stderr.text() };
}

/** A sink that keeps what it gets, and tells when a text has come. */
export interface KeptText {
  write(text: string): void;
  text(): string;
  /** Resolves as soon as `pattern` is in the text. */
  has(pattern: RegExp | string): Promise<void>;
}

/** A sink for tests. */
export function kept(): KeptText {
  let all = '';
  let waiting: { readonly isThere: () => boolean; readonly resolve: () => void }[] = [];
  return {
    write(text) {
      all += text;
      for (const { resolve } of waiting.filter(({ isThere }) => isThere())) resolve();
      waiting = waiting.filter(({ isThere }) => !isThere());
    },
    text: () => all,
    has: (pattern) =>
      new Promise((resolve) => {
        const isThere = () => (typeof pattern === 'string' ? all.includes(pattern) : pattern.test(all));
        if (isThere()) resolve();
        else waiting.push({ isThere, resolve });
      }),
  };
}
