import { type Command, SOURCE_OPTIONS } from './command.js';
import { configText } from './config-text.js';
import { EXIT } from './exit-code.js';
import { withConfigCenter } from './with-config-center.js';

/** `weft config get`: one value of the config center. */
export const configGet: Command = {
  name: 'config get',
  summary: 'Print a value of the config center: text as it is, anything else as JSON.',
  args: ['key'],
  options: SOURCE_OPTIONS,
  examples: ['config get database', 'config get database --json'],
  run(input) {
    const { args, out } = input;
    const [key = ''] = args;
    return withConfigCenter(input, async (center) => {
      const value = await center.get(key);
      if (value === undefined) return out.absent(`config key "${key}" does not exist. Keys are listed by: weft config list`);
      if (out.isJson) out.document(value);
      else out.line(configText(value));
      return EXIT.ok;
    });
  },
};
