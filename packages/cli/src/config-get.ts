import type { ConfigClient } from '@weft/config';
import { WeftError } from '@weft/core';
import { type Command, type CommandInput, SOURCE_OPTIONS } from './command.js';
import { configText } from './config-text.js';
import { EXIT } from './exit-code.js';
import { withConfigCenter } from './with-config-center.js';

/** `weft config get`: one value of the config center. */
export const configGet: Command = {
  name: 'config get',
  summary: 'Print a value of the config center: text as it is, anything else as JSON.',
  args: ['key'],
  options: ['revision', ...SOURCE_OPTIONS],
  examples: ['config get database', 'config get database --json', 'config get database --revision'],
  run(input) {
    const { args, options, out } = input;
    const [key = ''] = args;
    return withConfigCenter(input, async (center) => {
      if (options.revision) return printRevision(center, key, out);
      const value = await center.get(key);
      if (value === undefined) return absent(key, out);
      if (out.isJson) out.document(value);
      else out.line(configText(value));
      return EXIT.ok;
    });
  },
};

async function printRevision(center: ConfigClient, key: string, out: CommandInput['out']): Promise<number> {
  const current = await center.current(key);
  if (!current) return absent(key, out);
  if (current.revision === undefined) {
    throw new WeftError('WEFT_INVALID_ARGUMENT', '--revision: this config driver gives its values no revisions');
  }
  if (out.isJson) out.document({ key, ...current });
  else out.line(current.revision);
  return EXIT.ok;
}

function absent(key: string, out: CommandInput['out']): number {
  return out.absent(`config key "${key}" does not exist. Keys are listed by: weft config list`);
}
