import { type Command, SOURCE_OPTIONS } from './command.js';
import { configText } from './config-text.js';
import { EXIT } from './exit-code.js';
import { withConfigCenter } from './with-config-center.js';

/** `weft config watch`: one value of the config center, and every change of it. */
export const configWatch: Command = {
  name: 'config watch',
  summary: 'Print a value of the config center and then every change, until Ctrl-C.',
  args: ['key'],
  options: SOURCE_OPTIONS,
  examples: ['config watch database', 'config watch database --json'],
  run(input) {
    const { args, out, io } = input;
    const [key = ''] = args;
    return withConfigCenter(input, async (center) => {
      center.on('stale', ({ reason }) => out.note(`The config center does not answer; the last value stands. ${reason}`));
      for await (const value of center.watch(key, { signal: io.signal })) {
        const isThere = value !== undefined;
        if (out.isJson) out.event({ key, exists: isThere, ...(isThere && { value }) });
        else out.line(isThere ? configText(value) : `(${key} does not exist)`);
      }
      return EXIT.ok;
    });
  },
};
