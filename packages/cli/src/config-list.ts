import { type Command, SOURCE_OPTIONS } from './command.js';
import { oneLine } from './config-text.js';
import { EXIT } from './exit-code.js';
import { withConfigCenter } from './with-config-center.js';

/** `weft config list`: all values of the config center, without its secrets: who wants one asks for its key. */
export const configList: Command = {
  name: 'config list',
  summary: 'List the keys and values of the config center.',
  args: [],
  options: SOURCE_OPTIONS,
  examples: ['config list', 'config list --json'],
  run(input) {
    const { out } = input;
    return withConfigCenter(input, async (center) => {
      const keys = Object.keys(await center.list()).sort();
      const entries = await Promise.all(keys.map(async (key) => [key, await center.redacted(key)] as const));
      if (out.isJson) out.document(Object.fromEntries(entries));
      else if (entries.length === 0) out.note('The config center holds no value.');
      else
        out.table(
          ['KEY', 'VALUE'],
          entries.map(([key, value]) => [key, oneLine(value)]),
        );
      return EXIT.ok;
    });
  },
};
