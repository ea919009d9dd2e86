import type { CliIo } from './cli-io.js';
import type { OptionName, Options } from './option-table.js';
import type { Output } from './output.js';

/** What a command is run with. */
export interface CommandInput {
  /** As many as the command declares; optional ones may be missing at the end. */
  readonly args: readonly string[];
  /** Only those that the command declares, and the ones of all commands. */
  readonly options: Options;
  readonly io: CliIo;
  readonly out: Output;
}

/** One command. What it needs beyond this package is imported when it runs, so that `--help` is quick. */
export interface Command {
  /** One word, or two: `config get`. */
  readonly name: string;
  /** One sentence. */
  readonly summary: string;
  /** Names of the arguments in order; an optional one ends in `?`. */
  readonly args: readonly string[];
  /** Beside `json` and `help`, which every command has. */
  readonly options: readonly OptionName[];
  /** Command lines without `weft`. */
  readonly examples: readonly string[];
  /** Resolves to the exit code. @throws WeftError, which becomes the exit code that `exitCodeOf` gives */
  run(input: CommandInput): Promise<number>;
}

/** Options of every command that looks into a registry or a config center. */
export const SOURCE_OPTIONS = ['config', 'registry', 'path', 'address', 'timeout'] as const satisfies readonly OptionName[];
