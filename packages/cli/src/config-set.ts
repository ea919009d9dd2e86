import type { SetOptions } from '@weft/config';
import { type Command, type CommandInput, SOURCE_OPTIONS } from './command.js';
import { EXIT } from './exit-code.js';
import { readData } from './read-data.js';
import { withConfigCenter } from './with-config-center.js';

/** `weft config set`: writes one value of the config center. */
export const configSet: Command = {
  name: 'config set',
  summary: 'Write a value: JSON where it is valid JSON, else text; @file and - read it from elsewhere.',
  args: ['key', 'value'],
  options: ['text', 'if-revision', ...SOURCE_OPTIONS],
  examples: [
    `config set database '{"host":"db-1"}'`,
    'config set limits @limits.json',
    'config set motd --text 42',
    'config set limits 3 --if-revision none',
  ],
  async run(input) {
    const { args, options, io, out } = input;
    const [key = '', given = ''] = args;
    const text = (await readData(given, io)).toString('utf8');
    const value = options.text || key.endsWith('.txt') ? text : jsonOrText(text);
    return withConfigCenter(input, async (center) => {
      await center.set(key, value, conditionOf(options));
      if (out.isJson) out.document({ key, value });
      else out.line(`${key} is set.`);
      return EXIT.ok;
    });
  },
};

function conditionOf({ 'if-revision': revision }: CommandInput['options']): SetOptions {
  return revision === undefined ? {} : { ifRevision: revision === 'none' ? null : revision };
}

function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
