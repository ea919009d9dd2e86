import type { Command } from './command.js';
import { COMMANDS } from './commands.js';
import { EXIT } from './exit-code.js';
import { OPTIONS, type OptionName, type OptionSpec } from './option-table.js';
import { formatTable } from './table.js';

const EXIT_WORDS: Readonly<Record<keyof typeof EXIT, string>> = {
  ok: 'as it should be; a watch ended by Ctrl-C',
  wrong: 'problems in the config, an unknown service or key, an answer of status 400 or more',
  usage: 'the command line cannot be understood',
  unreachable: 'the registry or the config center does not answer',
  unanswered: 'the call got no answer',
  setup: 'the config or a driver cannot be used: run weft check, or look after its credentials',
  conflict: 'somebody else was quicker: the value has another revision than --if-revision',
  fault: 'a fault of weft itself',
  interrupted: 'ended by a signal before it was done',
};

/** The help of a command, or of all commands that begin with `topic`. */
export function helpOf(topic: string, command: Command | undefined): string {
  return command ? commandHelp(command) : overview(topic);
}

function overview(topic: string): string {
  const commands = COMMANDS.filter(({ name }) => topic === '' || name.startsWith(`${topic} `));
  return sections([
    `weft ${topic === '' ? '' : `${topic} `}<command> [options]`,
    ['Commands', commands.map((command) => [usageOf(command), command.summary])],
    ['Options', optionRows(['json', 'help', 'version'])],
    ['Exit codes', Object.entries(EXIT_WORDS).map(([name, words]) => [String(EXIT[name as keyof typeof EXIT]), words])],
    'More about one command: weft <command> --help',
  ]);
}

function commandHelp(command: Command): string {
  return sections([
    `weft ${usageOf(command)} [options]`,
    command.summary,
    ['Options', optionRows([...command.options, 'json', 'help'])],
    ['Examples', command.examples.map((example) => [`weft ${example}`])],
  ]);
}

function usageOf({ name, args }: Command): string {
  return [name, ...args.map((each) => (each.endsWith('?') ? `[${each.slice(0, -1)}]` : `<${each}>`))].join(' ');
}

function optionRows(names: readonly OptionName[]): string[][] {
  return names.map((name) => {
    const { short, value, summary }: OptionSpec = OPTIONS[name];
    return [`${short ? `-${short}, ` : '    '}--${name}${value ? ` <${value}>` : ''}`, summary];
  });
}

function sections(parts: readonly (string | readonly [string, string[][]])[]): string {
  const texts = parts.map((part) => {
    if (typeof part === 'string') return part;
    const [title, rows] = part;
    const lines = formatTable(rows).map((line) => `  ${line}`);
    return [`${title}:`, ...lines].join('\n');
  });
  return texts.join('\n\n');
}
