import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { messageOf, type Problem, WeftError } from '@weft/core';
import { importModule, importTypeScript } from './import-module.js';
import { jsonErrorOffset, positionAt } from './json-syntax.js';
import { errorOf } from './problems.js';

/** What a config file holds, before anything is checked. */
export interface ConfigFileContent {
  /** As it was parsed or exported. */
  readonly data: unknown;
  /** Whether it is text (JSON, YAML) whose `${NAME}` are to be filled. */
  readonly isText: boolean;
}

/** As jiti tells a syntax error: the message, then file, line and column (from 0). */
const PARSE_ERROR = /^ParseError: (.*?)\s*\n.*?:(\d+:\d+)\s*$/s;
/** The piece of a file that a parser's message quotes: it may be a password, and line and column say where to look. */
const QUOTED_JSON = /(?:, )?(?:\.\.\.)?".*"(?:\.\.\.)?(?= is not valid JSON$)/s;
const QUOTED_YAML = /: .*$/s;
const MODULES: ReadonlySet<string> = new Set(['.ts', '.mts', '.js', '.mjs']);
const TEXTS: Readonly<Record<string, (text: string) => unknown>> = { '.json': parseJson, '.yaml': parseYaml, '.yml': parseYaml };

/**
 * Reads one config file by its ending. A module's default export may be the config, a promise, or a function.
 * @throws WEFT_CONFIG_NOT_FOUND when there is no such file
 * @throws WEFT_CONFIG_INVALID naming line and column when it cannot be read as what its ending says
 */
export async function readConfigFile(file: string): Promise<ConfigFileContent> {
  const ending = extname(file);
  const parse = TEXTS[ending];
  const text = await readText(file);
  try {
    if (parse) return { data: await parse(text), isText: true };
    if (MODULES.has(ending)) return { data: await evaluate(file), isText: false };
  } catch (error) {
    const problems = error instanceof NotReadable ? error.problems : [await moduleProblem(file, error)];
    throw errorOf(file, problems, error);
  }
  const endings = [...MODULES, ...Object.keys(TEXTS)].join(' ');
  throw errorOf(file, [{ path: '', message: `a config file ends in one of ${endings}` }]);
}

class NotReadable extends Error {
  constructor(readonly problems: readonly Problem[]) {
    super(problems[0]?.message);
  }
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new WeftError('WEFT_CONFIG_NOT_FOUND', `cannot read ${file}: ${messageOf(error)}`, { cause: error });
  }
}

async function evaluate(file: string): Promise<unknown> {
  const exported = await importModule(file);
  if (exported === undefined)
    throw new NotReadable([{ path: '', message: 'has no default export: expected `export default { ... }`' }]);
  return typeof exported === 'function' ? (exported as () => unknown)() : exported;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const { line, column } = positionAt(text, jsonErrorOffset(text) ?? text.length);
    throw new NotReadable([{ path: `${line}:${column}`, message: messageOf(error).replace(QUOTED_JSON, '') }]);
  }
}

async function parseYaml(text: string): Promise<unknown> {
  const { LineCounter, parseDocument } = await import('yaml');
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  if (document.errors.length === 0) return yamlValue(document);
  throw new NotReadable(
    document.errors.map(({ message, pos }) => {
      const { line, col } = lines.linePos(pos[0]);
      return { path: `${line}:${col}`, message: message.replace(QUOTED_YAML, '') };
    }),
  );
}

function yamlValue(document: { toJS(): unknown }): unknown {
  try {
    return document.toJS();
  } catch (error) {
    throw new NotReadable([{ path: '', message: messageOf(error).replace(QUOTED_YAML, '') }]);
  }
}

/** What is wrong with a module, its place apart where the parser names one. */
async function moduleProblem(file: string, error: unknown): Promise<Problem> {
  const told = isSyntaxError(error)
    ? await importTypeScript(file).then(
        () => error,
        (better: unknown) => better,
      )
    : error;
  const [, what, place] = PARSE_ERROR.exec(messageOf(told)) ?? [];
  return { path: place ?? '', message: what ?? messageOf(error) };
}

/** Node tells a caught syntax error without its place, so the module is parsed once more by who does tell it. */
function isSyntaxError(error: unknown): boolean {
  return error instanceof SyntaxError && (error.stack?.includes('compileSourceTextModule') ?? false);
}
