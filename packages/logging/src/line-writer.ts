import { isatty } from 'node:tty';
import { type DestinationStream, pino } from 'pino';
import { escapeControls } from './escape-controls.js';
import { prettyLine } from './pretty-line.js';

/** Where lines go, and how they look. */
export interface LineWriterOptions {
  /** Takes lines, each with its line break; standard output unless set. */
  readonly destination?: { write(line: string): unknown } | undefined;
  /**
   * Whether lines are for people and not JSON. Unless set: on standard output in development, which is when `NODE_ENV` says so, or when it
   * is a terminal and `NODE_ENV` is not `production`.
   */
  readonly pretty?: boolean | undefined;
}

const STANDARD_OUTPUT = 1;

/**
 * Writes each record as one line. A destination that fails must not fail the work that is logged. Standard output is written to at
 * once, as `console.log` does to a pipe or a file: what a process says last is there when it has ended, in order; and sonic-boom
 * (4.2.1), which would write it later, tries for ever at the end of a process whose output nobody reads any more.
 */
export function createLineWriter({ destination, pretty }: LineWriterOptions): DestinationStream {
  const isPretty = pretty ?? (!destination && isForPeople(process.env.NODE_ENV, isatty(STANDARD_OUTPUT)));
  const isColored = isPretty && !destination && process.stdout.isTTY && process.stdout.hasColors();
  const out = destination ?? pino.destination({ dest: STANDARD_OUTPUT, sync: true });
  return {
    write(line) {
      try {
        out.write(isPretty ? prettyLine(line, { isColored }) : `${escapeControls(line.slice(0, -1))}\n`);
      } catch {
        // There is no place left to say it.
      }
    },
  };
}

/** Whether lines on standard output are for people, unless somebody says. */
export function isForPeople(nodeEnv: string | undefined, isTerminal: boolean): boolean {
  return nodeEnv === 'development' || (isTerminal && nodeEnv !== 'production');
}
