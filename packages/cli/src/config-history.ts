import { type Command, SOURCE_OPTIONS } from './command.js';
import { oneLine } from './config-text.js';
import { EXIT } from './exit-code.js';
import { withConfigCenter } from './with-config-center.js';

/** `weft config history`: what one value was, as far as the backend remembers. */
export const configHistory: Command = {
  name: 'config history',
  summary: 'List what a value was, newest first, as far as the config center remembers.',
  args: ['key'],
  options: SOURCE_OPTIONS,
  examples: ['config history database', 'config history database --json'],
  run(input) {
    const { args, out } = input;
    const [key = ''] = args;
    return withConfigCenter(input, async (center) => {
      const states = await center.history(key);
      if (states.length === 0) return out.absent(`nothing is remembered of config key "${key}"`);
      if (out.isJson) out.document(states);
      else
        out.table(
          ['REVISION', 'VALUE'],
          states.map(({ revision = '-', value, reason }) => [revision, reason === undefined ? oneLine(value) : `(${reason})`]),
        );
      return EXIT.ok;
    });
  },
};
