import { parseArgs } from 'node:util';
import { messageOf, nearestName, WeftError } from '@weft/core';
import type { Command } from './command.js';
import { COMMANDS } from './commands.js';
import { OPTIONS, type Options } from './option-table.js';

/** What a command line asks for. */
export interface CommandLine {
  /** The first words, as far as they begin the name of a command: `config`, `config get`; empty without any. */
  readonly topic: string;
  /** Undefined when no command is named, or only the first word of one. */
  readonly command: Command | undefined;
  readonly args: readonly string[];
  readonly options: Options;
}

const GLOBAL: readonly string[] = ['json', 'help', 'version'];

/**
 * Reads a command line. Options may stand anywhere, `--` ends them. Not with cac, which turns `--data 007` into 7 and
 * cannot read `--data -`; parseArgs leaves every value as it was typed.
 * @throws WEFT_INVALID_ARGUMENT with the nearest command or option
 */
export function parseCommandLine(argv: readonly string[]): CommandLine {
  const { values: options, positionals } = readOptions(argv);
  const { topic, command } = findCommand(positionals);
  const args = positionals.slice(topic === '' ? 0 : topic.split(' ').length);
  if (options.help || options.version) return { topic, command, args, options };
  if (!command) throw noCommand(topic, args[0]);
  refuseForeignOptions(command, options);
  refuseWrongArgs(command, args);
  return { topic, command, args, options };
}

function readOptions(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options: OPTIONS, allowPositionals: true, strict: true });
  } catch (error) {
    const [text = ''] = messageOf(error).split('\n');
    const [, unknown] = /^Unknown option '(-[^']*)'/.exec(text) ?? [];
    throw invalid(unknown === undefined ? text : `unknown option ${unknown}.${hint(unknown, Object.keys(OPTIONS), '--')}`);
  }
}

function findCommand([first = '', second = '']: readonly string[]): Pick<CommandLine, 'topic' | 'command'> {
  for (const topic of [`${first} ${second}`, first]) {
    const command = COMMANDS.find(({ name }) => name === topic);
    if (command) return { topic, command };
  }
  return { topic: COMMANDS.some(({ name }) => name.startsWith(`${first} `)) ? first : '', command: undefined };
}

function noCommand(topic: string, word: string | undefined): WeftError {
  const names = COMMANDS.filter(({ name }) => topic === '' || name.startsWith(`${topic} `)).map(({ name }) =>
    topic === '' ? (name.split(' ')[0] ?? name) : name.slice(topic.length + 1),
  );
  const known = `Known: ${[...new Set(names)].join(', ')}.`;
  const what = topic === '' ? 'command' : `command of ${topic}`;
  if (word === undefined) return invalid(`which ${what}? ${known} Run: weft ${topic === '' ? '' : `${topic} `}--help`);
  return invalid(`unknown ${what} "${word}". ${known}${hint(word, names)}`);
}

function refuseForeignOptions({ name, options: own }: Command, options: Options): void {
  const taken = [...own, ...GLOBAL];
  const foreign = Object.keys(options).find((each) => !taken.includes(each));
  if (foreign) throw invalid(`${name} takes no option --${foreign}. Known: --${taken.join(', --')}.`);
}

function refuseWrongArgs({ name, args: declared }: Command, args: readonly string[]): void {
  const needed = declared.filter((each) => !each.endsWith('?'));
  const missing = needed.slice(args.length).map((each) => `<${each}>`);
  if (missing.length > 0) throw invalid(`${name} needs ${missing.join(' ')}. Run: weft ${name} --help`);
  const [extra] = args.slice(declared.length);
  if (extra !== undefined) throw invalid(`${name} does not take a further argument "${extra}". Run: weft ${name} --help`);
}

function hint(word: string, known: readonly string[], before = ''): string {
  const nearest = nearestName(word.replace(/^-+/, ''), known);
  return nearest ? ` Did you mean "${before}${nearest}"?` : '';
}

function invalid(message: string): WeftError {
  return new WeftError('WEFT_INVALID_ARGUMENT', message);
}
