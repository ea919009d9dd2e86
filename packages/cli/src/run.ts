import { readFileSync } from 'node:fs';
import { type CliIo, cliIo } from './cli-io.js';
import { EXIT, exitCodeOf } from './exit-code.js';
import { helpOf } from './help.js';
import { Output } from './output.js';
import { parseCommandLine } from './parse-command-line.js';

/**
 * Runs one command line, given without `node weft`, and resolves to its exit code: 0 as it should be, 1 what was asked
 * about is wrong, 2 usage, 3 registry unreachable, 4 no answer, 5 config unusable, 130 interrupted. Never rejects.
 * @param io replaces what the command sees of the process
 */
export async function run(argv: readonly string[], io: Partial<CliIo> = {}): Promise<number> {
  const around = cliIo(io);
  const out = new Output(around, argv.includes('--json'));
  try {
    const { topic, command, args, options } = parseCommandLine(argv);
    if (options.version) return said(out, version());
    if (options.help || !command) return said(out, helpOf(topic, command));
    return await command.run({ args, options, io: around, out });
  } catch (error) {
    if (around.signal.aborted) return EXIT.interrupted;
    out.failure(error);
    return exitCodeOf(error);
  }
}

function said(out: Output, text: string): number {
  out.line(text);
  return EXIT.ok;
}

function version(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { readonly version: string }).version;
}
