import { parseArgs } from 'node:util';
import { nearestName } from '@weft/core';
import { BACKENDS, type BackendName } from './backend.js';
import { parseTelemetryName, type TelemetryName } from './open-telemetry.js';

/** What `--help` says. */
export const HELP = `npm run demo -- [options]
  A tour of 40 seconds (on a server: a minute) through a small shop under load; exit code 0 when everything held.
  --registry NAME file (unless given), consul, etcd or redis: the server is obtained where it is missing and started for
                  the tour alone. All processes find each other and their settings there, and two more scenes kill it and
                  empty it. On redis the orders share what they have answered: a killed one loses none
  --telemetry NAME zipkin, prometheus or otlp: where spans or metrics can be looked at. Zipkin is the one on port 9411, else one
                  that is obtained and started, as Prometheus is; otlp sends both to OTEL_EXPORTER_OTLP_ENDPOINT, or to port
                  4318 of this machine. Without it nothing is needed: the tour shows a trace and a summary itself
  --report FILE   writes { registry, checks: [{ name, ok, detail }], calls, failed } as JSON
  --keep          leaves the shop running at the end and prints its URLs; Ctrl-C ends it
  --help          this text`;

/** What the tour was started with. */
export interface TourOptions {
  readonly registry: BackendName;
  /** Back end that is shown the telemetry, beside the tour. */
  readonly telemetry?: TelemetryName;
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
      telemetry: { type: 'string' },
      report: { type: 'string' },
      keep: { type: 'boolean' },
      help: { type: 'boolean' },
    },
  });
  const { telemetry, ...others } = values;
  return {
    ...others,
    registry: parseBackendName(values.registry),
    ...(telemetry !== undefined && { telemetry: parseTelemetryName(telemetry) }),
  };
}

function parseBackendName(word: string): BackendName {
  const known = BACKENDS.find((name) => name === word);
  if (known) return known;
  const nearest = nearestName(word, BACKENDS);
  const hint = nearest ? ` Did you mean "${nearest}"?` : '';
  throw new Error(`--registry: unknown registry ${JSON.stringify(word)}. Known: ${BACKENDS.join(', ')}.${hint}`);
}
