import { parseArgs } from 'node:util';
import { nearestName } from '@weft/core';
import { BACKENDS, type BackendName } from './backend.js';

/** What `--help` says. */
export const HELP = `npm run demo -- [options]
  A tour of half a minute (on a server: a minute) through a small shop under load; exit code 0 when everything held.
  --registry NAME file (unless given), consul, etcd or redis: the server is obtained where it is missing and started for
                  the tour alone. All processes find each other and their settings there, and two more scenes kill it and
                  empty it
  --report FILE   writes { registry, checks: [{ name, ok, detail }], calls, failed } as JSON
  --keep          leaves the shop running at the end and prints its URLs; Ctrl-C ends it
  --help          this text`;

/** What the tour was started with. */
export interface TourOptions {
  readonly registry: BackendName;
  /** File for the result as JSON. */
  readonly report?: string;
  readonly keep?: boolean;
  readonly help?: boolean;
}

/** @throws Error that says which argument is wrong and what would be right */
export function parseTourOptions(args: readonly string[]): TourOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      registry: { type: 'string', default: 'file' },
      report: { type: 'string' },
      keep: { type: 'boolean' },
      help: { type: 'boolean' },
    },
  });
  return { ...values, registry: parseBackendName(values.registry) };
}

function parseBackendName(word: string): BackendName {
  const known = BACKENDS.find((name) => name === word);
  if (known) return known;
  const nearest = nearestName(word, BACKENDS);
  const hint = nearest ? ` Did you mean "${nearest}"?` : '';
  throw new Error(`--registry: unknown registry ${JSON.stringify(word)}. Known: ${BACKENDS.join(', ')}.${hint}`);
}
