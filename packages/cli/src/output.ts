import { styleText } from 'node:util';
import { hideSecrets, messageOf, WeftError } from '@weft/core';
import type { CliIo } from './cli-io.js';
import { EXIT } from './exit-code.js';
import { formatTable } from './table.js';

/** Where a command's words go: results to stdout, notes to stderr; with `--json` results are JSON only. */
export class Output {
  readonly #io: CliIo;
  /** Whether results are to be JSON. */
  readonly isJson: boolean;

  constructor(io: CliIo, isJson: boolean) {
    this.#io = io;
    this.isJson = isJson;
  }

  /** A result for people, one or more lines. */
  line(text: string): void {
    this.#io.stdout.write(`${text}\n`);
  }

  /** A result for programs, indented. */
  document(value: unknown): void {
    this.line(JSON.stringify(value, null, 2));
  }

  /** One event of a watch for programs, on one line. */
  event(value: unknown): void {
    this.line(JSON.stringify(value));
  }

  /** Rows under their titles. */
  table(titles: readonly string[], rows: readonly (readonly string[])[]): void {
    const [head = '', ...lines] = formatTable([titles, ...rows].map((row) => row.map(printable)));
    for (const line of [this.bold(head), ...lines]) this.line(line);
  }

  /** Something beside the result, for people. */
  note(text: string): void {
    this.#io.stderr.write(`${text}\n`);
  }

  /** Bold where a person reads it. */
  bold(text: string): string {
    const isColoured = this.#io.stdout.isTTY === true && !this.#io.env.NO_COLOR;
    return isColoured ? styleText('bold', text, { validateStream: false }) : text;
  }

  /** Tells that what was asked about is not there, and gives the exit code. */
  absent(message: string): number {
    if (this.isJson) this.document({ error: { message } });
    else this.note(`weft: ${message}`);
    return EXIT.wrong;
  }

  /** Tells why a command failed, without what looks like a secret. */
  failure(error: unknown): void {
    if (this.isJson) this.document({ error: describe(error) });
    else for (const line of explain(error)) this.note(hideSecrets(line));
  }
}

/** Records come from anybody: their control characters must not reach a terminal. */
export function printable(text: string): string {
  return text.replace(/[^\P{Cc}\n\t]/gu, '\uFFFD');
}

function describe(error: unknown): unknown {
  const message = hideSecrets(messageOf(error));
  if (!(error instanceof WeftError)) return { message };
  const { code, attempts } = error;
  const problems = error.problems?.map((problem) => ({ path: problem.path, message: hideSecrets(problem.message) }));
  return { code, message, ...(problems && { problems }), ...(attempts.length > 0 && { attempts }) };
}

function explain(error: unknown): string[] {
  if (!(error instanceof WeftError)) return [`weft: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`];
  const { code, message, attempts, cause } = error;
  const isPlain = code === 'WEFT_INVALID_ARGUMENT' || message.startsWith(code);
  return [
    printable(`weft: ${message}${isPlain ? '' : ` (${code})`}`),
    ...(cause instanceof WeftError ? [printable(`  because: ${cause.message} (${cause.code})`)] : []),
    ...attempts.map(({ instance, outcome, durationMs }) =>
      printable(`  tried ${instance}: ${outcome}, ${Math.round(durationMs)} ms`),
    ),
  ];
}
