import { type Clock, systemClock } from '@weft/core';

/** Where text goes. */
export interface TextSink {
  write(text: string): unknown;
  /** Whether a person reads it: then there are colours, unless NO_COLOR is set. */
  readonly isTTY?: boolean;
}

/** All that a command sees of the world around it. */
export interface CliIo {
  /** Takes results. */
  readonly stdout: TextSink;
  /** Takes notes and errors. */
  readonly stderr: TextSink;
  /** What `-` reads. */
  readonly stdin: AsyncIterable<string | Uint8Array>;
  /** Where a config is looked for, and what paths are relative to. */
  readonly folder: string;
  /** `NO_COLOR`, and what `${NAME}` in a config stands for. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Ends a watch, and whatever else is under way. */
  readonly signal: AbortSignal;
  /** Paces watches. */
  readonly clock: Clock;
}

/** The process's own, with `given` in their place. */
export function cliIo(given: Partial<CliIo> = {}): CliIo {
  return {
    stdout: process.stdout,
    stderr: process.stderr,
    stdin: process.stdin,
    folder: process.cwd(),
    env: process.env,
    signal: new AbortController().signal,
    clock: systemClock,
    ...given,
  };
}
